//! RESP3, the protocol of Redis: what is sent and what is answered, as bytes.
//!
//! Source: the [specification](https://redis.io/docs/latest/develop/reference/protocol-spec/). What no server sends
//! who was not asked for it is malformed: values whose length is told at their end.

mod command;
mod decoder;
mod value;

pub(super) use command::Command;
pub(super) use decoder::Decoder;
pub(super) use value::{Refusal, Unexpected, Value};
