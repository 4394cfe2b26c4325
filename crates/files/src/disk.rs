//! The disks of one link: a thread that reads what is sent, and one that writes what is received. Their work blocks, and a
//! slow disk of one direction must not hold back the other.

mod job;
mod reading;
mod shared_reads;
mod writing;

use std::sync::mpsc as jobs;

use maru_transfer::endpoint::DiskRequest;
use tokio::sync::mpsc;

pub(crate) use self::job::{DiskEvent, Open, ReadingJob, WritingJob, restored};
pub(crate) use self::shared_reads::SharedReads;

/// The threads. They end when this is dropped and their queues are empty.
pub(crate) struct Disk {
    reading: jobs::Sender<ReadingJob>,
    writing: jobs::Sender<WritingJob>,
    /// For each thread, which is woken once for all of them.
    to_read: Vec<DiskRequest>,
    to_write: Vec<DiskRequest>,
}

/// What the threads did, in their order, and as much at once as there is.
pub(crate) type DiskEvents = mpsc::UnboundedReceiver<Vec<DiskEvent>>;

impl Disk {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread.
    pub(crate) fn start() -> std::io::Result<(Self, DiskEvents)> {
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
        let disk = Self {
            reading,
            writing,
            to_read: Vec::new(),
            to_write: Vec::new(),
        };
        Ok((disk, receiver))
    }

    /// To be done after the next [`Self::flush`].
    pub(crate) fn request(&mut self, request: DiskRequest) {
        match request {
            DiskRequest::Manifest { .. } | DiskRequest::Read { .. } => self.to_read.push(request),
            _ => self.to_write.push(request),
        }
    }

    pub(crate) fn flush(&mut self) {
        if !self.to_read.is_empty() {
            let requests = std::mem::take(&mut self.to_read);
            let _ = self.reading.send(ReadingJob::Requests(requests));
        }
        if !self.to_write.is_empty() {
            let requests = std::mem::take(&mut self.to_write);
            let _ = self.writing.send(WritingJob::Requests(requests));
        }
    }

    // Sending fails if a thread panicked. Then transfers stop, and the panic is in the log.

    pub(crate) fn read(&mut self, job: ReadingJob) {
        self.flush();
        let _ = self.reading.send(job);
    }

    pub(crate) fn write(&mut self, job: WritingJob) {
        self.flush();
        let _ = self.writing.send(job);
    }
}
