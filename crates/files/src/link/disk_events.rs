//! What the disk threads report goes to the endpoint.

use super::{LinkEvent, LinkTask};
use crate::disk::DiskEvent;

impl LinkTask {
    pub(super) async fn on_disk_event(&mut self, event: DiskEvent) {
        let now = self.now();
        let endpoint = &mut self.endpoint;
        match event {
            DiskEvent::Manifest { id, first, outcome } => {
                endpoint.on_manifest(id, first, outcome, now);
            }
            DiskEvent::Read { read, outcome } => {
                let outcome = outcome.map(|group| (group.pieces, group.hash));
                endpoint.on_hashed_read(read, outcome, now);
            }
            DiskEvent::Written { write, id, bytes } => endpoint.on_written(write, id, bytes, now),
            DiskEvent::Finished { id, entry } => endpoint.on_finished(id, entry, now),
            DiskEvent::Found { id, first, found } => endpoint.on_found(id, first, &found, now),
            DiskEvent::Compared {
                write,
                id,
                entry,
                expected,
                equal,
            } => endpoint.on_compared(write, (id, entry), &expected, equal, now),
            DiskEvent::NotKept { id, entry } => endpoint.on_not_kept(id, entry, now),
            DiskEvent::Refused { id, entry, code } => {
                endpoint.on_entry_refused(id, entry, code, now)
            }
            DiskEvent::Checkpoint { id, durable } => endpoint.on_checkpoint(id, durable, now),
            DiskEvent::Concluded { id, paths } => {
                endpoint.on_concluded(id, now);
                self.emit(LinkEvent::Placed(id, paths)).await;
            }
            DiskEvent::Failed { id, code } => endpoint.on_disk_failed(id, code, now),
            DiskEvent::Problem { id, code } => endpoint.on_disk_problem(id, code, now),
            DiskEvent::Mended { id, restored } => endpoint.on_disk_mended(id, restored, now),
        }
    }
}
