//! Pages for those who know the front page: each a subject, in the order in which most need it.
//!
//! | page | for |
//! |---|---|
//! | [`frameworks`] | actix-web, plain `http`, a state of several parts, other attributes, middleware, what cannot be annotated |
//! | [`refusals`] | what is answered in a handler's place, and in your own words |
//! | [`users_tables`] | columns and fields, who may sign in, migrations, users from elsewhere |
//! | [`signing_in`] | "remember me", devices, second factors, providers, changes of password, copied tokens |
//! | [`current_user`] | the user in handlers without the attribute, owners, groups |
//! | [`bearer`] | clients that are no browsers |
//! | [`session_data`] | what belongs to a session, in a table of your own |
//! | [`visitor_values`] | what a browser carries before there is a session, and what one page tells the next |
//! | [`testing`] | tests that sign in, send what a browser sends, move the clock, and fail the store |
//! | [`proxies`] | another `Host`, other sites that may send requests |
//! | [`deploying`] | the list before the first visitor, and what to watch |
//! | [`several_machines`] | PostgreSQL: roles, poolers, what it costs, failovers, restores |
//! | [`mysql`] | MySQL and MariaDB: rights, keys and collations, clusters and replicas, migrations of the users table |
//! | [`redis`] | Redis: users, Sentinel and clusters, what to set, what a crash takes, what it costs |
//! | [`events`] | counters, an audit log, the lines of the log |
//! | [`streams`] | WebSocket and server-sent events |
//! | [`expansion`] | what the attribute makes of a handler |
//! | [`coming_from`] | axum-login, tower-sessions, actix-session, Lucia |

#[doc = include_str!("guide/bearer.md")]
pub mod bearer {}
#[doc = include_str!("guide/coming_from.md")]
pub mod coming_from {}
#[doc = include_str!("guide/current_user.md")]
pub mod current_user {}
#[doc = include_str!("guide/deploying.md")]
pub mod deploying {}
#[doc = include_str!("guide/events.md")]
pub mod events {}
#[doc = include_str!("guide/expansion.md")]
pub mod expansion {}
#[doc = include_str!("guide/frameworks.md")]
pub mod frameworks {}
#[doc = include_str!("guide/mysql.md")]
pub mod mysql {}
#[doc = include_str!("guide/proxies.md")]
pub mod proxies {}
#[doc = include_str!("guide/redis.md")]
pub mod redis {}
#[doc = include_str!("guide/refusals.md")]
pub mod refusals {}
#[doc = include_str!("guide/session_data.md")]
pub mod session_data {}
#[doc = include_str!("guide/several_machines.md")]
pub mod several_machines {}
#[doc = include_str!("guide/signing_in.md")]
pub mod signing_in {}
#[doc = include_str!("guide/streams.md")]
pub mod streams {}
#[doc = include_str!("guide/testing.md")]
pub mod testing {}
#[doc = include_str!("guide/users_tables.md")]
pub mod users_tables {}
#[doc = include_str!("guide/visitor_values.md")]
pub mod visitor_values {}
