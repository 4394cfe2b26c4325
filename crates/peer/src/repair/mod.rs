//! Loss repair on the receiving side: which packets are missing, and asking for them.

pub(crate) mod interceptor;
pub(crate) mod missing;
