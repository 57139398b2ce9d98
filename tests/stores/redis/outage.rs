//! The store while its server is away, or the line to it (checklist I-04 to I-10, L-03): an outage within the
//! deadline, never a wrong answer, and everything as before within two seconds.

mod commands;
mod cuts;
mod lines;
mod replicas;
mod runtimes;
mod sentinels;
mod servers;
