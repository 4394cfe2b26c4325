//! The disk side of file transfer.
