//! The session in virtual time: what it says to a server, and what no sequence of events can make it do.

mod another_network;
mod invariants;
mod join_and_leave;
mod losing_the_socket;
mod world;
