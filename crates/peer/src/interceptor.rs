//! What our interceptors in the stack's chain have in common: two queues around the packets' processing.

use std::collections::VecDeque;
use std::time::Instant;

use rtc::interceptor::{Interceptor, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

/// Packets on their way out of an interceptor.
pub(crate) type Queue = VecDeque<TaggedPacket>;

/// The processing of one interceptor. It sees every packet; by default it changes none. "Incoming" is from the network
/// to the application, "outgoing" the reverse.
pub(crate) trait Stage: Send + Sync {
    /// Reads, and may change, an incoming packet before it is passed on.
    fn on_incoming(&mut self, _packet: &mut TaggedPacket) {}

    /// Puts an outgoing packet into `out`, or keeps it for later.
    ///
    /// # Errors
    ///
    /// Where the packet cannot be sent; it is dropped.
    fn on_outgoing(&mut self, packet: TaggedPacket, out: &mut Queue) -> Result<(), Error> {
        out.push_back(packet);
        Ok(())
    }

    /// The time that [`Self::next_timeout`] returned has come.
    fn on_timeout(&mut self, _now: Instant, _out: &mut Queue) {}

    fn next_timeout(&self) -> Option<Instant> {
        None
    }

    /// A local stream was negotiated.
    fn bind_local(&mut self, _stream: &StreamInfo) {}

    fn unbind_local(&mut self, _stream: &StreamInfo) {}

    /// A remote stream was negotiated.
    fn bind_remote(&mut self, _stream: &StreamInfo) {}

    fn unbind_remote(&mut self, _stream: &StreamInfo) {}
}

/// A [`Stage`] as an interceptor of the stack.
pub(crate) struct StageInterceptor<S> {
    pub(crate) stage: S,
    incoming: Queue,
    outgoing: Queue,
}

impl<S> StageInterceptor<S> {
    pub(crate) fn new(stage: S) -> Self {
        Self {
            stage,
            incoming: Queue::new(),
            outgoing: Queue::new(),
        }
    }
}

impl<S: Stage> Protocol<TaggedPacket, TaggedPacket, ()> for StageInterceptor<S> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        self.stage.on_incoming(&mut packet);
        self.incoming.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.incoming.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.stage.on_outgoing(packet, &mut self.outgoing)
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outgoing.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.stage.on_timeout(now, &mut self.outgoing);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.stage.next_timeout()
    }
}

impl<S: Stage> Interceptor for StageInterceptor<S> {
    fn bind_local_stream(&mut self, stream: &StreamInfo) {
        self.stage.bind_local(stream);
    }

    fn unbind_local_stream(&mut self, stream: &StreamInfo) {
        self.stage.unbind_local(stream);
    }

    fn bind_remote_stream(&mut self, stream: &StreamInfo) {
        self.stage.bind_remote(stream);
    }

    fn unbind_remote_stream(&mut self, stream: &StreamInfo) {
        self.stage.unbind_remote(stream);
    }
}
