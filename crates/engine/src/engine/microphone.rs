//! Opens the page's microphone.

use super::page::OpenMicrophone;
use super::shared::Shared;
use crate::device::Microphone;
use crate::error::EngineError;

impl Shared {
    pub(super) async fn open_microphone(
        &self,
        device_id: Option<String>,
    ) -> Result<Microphone, EngineError> {
        let page_id = self.page().as_ref().ok_or(EngineError::NotOpen)?.id;
        let opened = self.sound.open_microphone(device_id).await?;
        let mut page = self.page();
        let Some(page) = page.as_mut().filter(|page| page.id == page_id) else {
            // The page was closed or reloaded while the device opened. Its successor did not ask for a microphone.
            self.sound.close_microphone(opened.microphone);
            return Err(EngineError::NotOpen);
        };
        let stream = self.stream_ids.allocate();
        page.microphone = Some(OpenMicrophone {
            stream,
            number: opened.microphone,
        });
        Ok(Microphone {
            stream,
            device_id: opened.id,
            label: opened.label,
        })
    }
}
