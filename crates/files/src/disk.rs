//! The disks of one link: a thread that reads what is sent, and one that writes what is received. Their work blocks, and a
//! slow disk of one direction must not hold back the other.

mod job;
mod reading;
mod writing;

use std::sync::mpsc as jobs;

use maru_transfer::endpoint::DiskRequest;
use tokio::sync::mpsc;

pub(crate) use self::job::{DiskEvent, Open, ReadingJob, WritingJob, restored};

/// The threads. They end when this is dropped and their queues are empty.
pub(crate) struct Disk {
    reading: jobs::Sender<ReadingJob>,
    writing: jobs::Sender<WritingJob>,
}

impl Disk {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread.
    pub(crate) fn start() -> std::io::Result<(Self, mpsc::UnboundedReceiver<DiskEvent>)> {
        let (events, receiver) = mpsc::unbounded_channel();
        let (reading, reads) = jobs::channel();
        let (writing, writes) = jobs::channel();
        let of_reading = events.clone();
        std::thread::Builder::new()
            .name("files-read".into())
            .spawn(move || reading::run(&reads, &of_reading))?;
        std::thread::Builder::new()
            .name("files-write".into())
            .spawn(move || writing::run(&writes, &events))?;
        Ok((Self { reading, writing }, receiver))
    }

    pub(crate) fn request(&self, request: DiskRequest) {
        match request {
            DiskRequest::Manifest { .. } | DiskRequest::Read { .. } => {
                self.read(ReadingJob::Request(request));
            }
            _ => self.write(WritingJob::Request(request)),
        }
    }

    // Sending fails if a thread panicked. Then transfers stop, and the panic is in the log.

    pub(crate) fn read(&self, job: ReadingJob) {
        let _ = self.reading.send(job);
    }

    pub(crate) fn write(&self, job: WritingJob) {
        let _ = self.writing.send(job);
    }
}
