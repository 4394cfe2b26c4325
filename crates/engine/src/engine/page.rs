//! What belongs to the page that has the engine open.

use std::collections::HashMap;

use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;

use crate::error::EngineError;
use crate::ids::{LinkId, StreamId};
use crate::link::{self, LinkConfig, LinkContext, LinkHandle, LinkRequest};

/// Most links of a page: twice the largest room that makes sense as a mesh.
const MAX_LINKS: usize = 32;

/// The open microphone.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenMicrophone {
    pub(super) stream: StreamId,
    /// Its number in `maru-sound`.
    pub(super) number: u32,
}

/// A page from [`Engine::open`](crate::Engine::open) until it is closed.
pub(super) struct Page {
    /// Never reused: a page is not its successor.
    pub(super) id: u64,
    pub(super) context: LinkContext,
    pub(super) links: HashMap<LinkId, LinkHandle>,
    pub(super) microphone: Option<OpenMicrophone>,
    link_tasks: JoinSet<()>,
}

impl Page {
    pub(super) fn new(id: u64, context: LinkContext) -> Self {
        Self {
            id,
            context,
            links: HashMap::new(),
            microphone: None,
            link_tasks: JoinSet::new(),
        }
    }

    pub(super) fn create_link(&mut self, config: LinkConfig) -> Result<(), EngineError> {
        while self.link_tasks.try_join_next().is_some() {}
        if self.links.len() >= MAX_LINKS || self.links.contains_key(&config.link) {
            return Err(EngineError::TooManyLinks);
        }
        let link = config.link;
        let handle = link::spawn(config, self.context.clone(), &mut self.link_tasks);
        self.links.insert(link, handle);
        Ok(())
    }

    /// A request to a link that does not exist has no effect.
    pub(super) fn request(&self, link: LinkId, request: LinkRequest) -> Result<(), EngineError> {
        match self
            .links
            .get(&link)
            .map(|link| link.requests.try_send(request))
        {
            Some(Err(TrySendError::Full(_))) => Err(EngineError::Busy),
            Some(Ok(()) | Err(TrySendError::Closed(_))) | None => Ok(()),
        }
    }

    /// The number of the microphone if `stream` is the open one.
    pub(super) fn microphone_number(&self, stream: StreamId) -> Option<u32> {
        self.microphone
            .filter(|microphone| microphone.stream == stream)
            .map(|microphone| microphone.number)
    }

    /// Closes links and microphone.
    pub(super) fn close(mut self) {
        if let Some(microphone) = self.microphone {
            self.context.sound.close_microphone(microphone.number);
        }
        drop(self.links);
        // The tasks close their connections and end. Nothing waits for that.
        self.link_tasks.detach_all();
    }
}
