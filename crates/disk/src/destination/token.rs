/// Tells the journals, manifests and staging folders of transfers apart.
pub(super) type Token = [u8; 16];
