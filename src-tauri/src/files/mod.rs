//! The shell's side of file transfer (`maru-files`): what was dropped, where received files go, and what the person is
//! notified of.

pub(crate) mod drag;
pub(crate) mod dropped;
pub(crate) mod folder;
pub(crate) mod notice;
pub(crate) mod states;
pub(crate) mod thumbnail;
