use bytes::Bytes;
use maru_transfer::{
    Ranges, Time,
    control::{ControlMessage, RelativePath},
    endpoint::{self, EntryProgress, Identity, Incoming, Offer, Outgoing, State},
    name::FolderId,
    resume::{Fingerprints, ResumeKey, Role},
};
use serde_json::{Value, json};

use super::{
    Endpoints, Slot, Staged,
    command::{self, Candidate, Command, Place},
};
use crate::failure::Failure;

impl From<command::Role> for Role {
    fn from(role: command::Role) -> Self {
        match role {
            command::Role::Send => Self::Sender,
            command::Role::Receive => Self::Receiver,
        }
    }
}

impl Endpoints {
    /// Carries out a command. The answer is null for most.
    pub(crate) fn run(
        &mut self,
        handle: usize,
        command: Command,
        now: Time,
    ) -> Result<Value, Failure> {
        let staged = match command {
            Command::Send { .. } | Command::Receive { .. } | Command::Mended { .. } => {
                std::mem::take(&mut self.staged)
            }
            _ => Staged::default(),
        };
        self.slot(handle)?.run(command, staged, now)
    }

    /// The path of the next entry of a manifest with the names that a file system can have: its components.
    pub(crate) fn place(&mut self, handle: usize, entry: &Place) -> Result<Value, Failure> {
        let layout = self.layout(handle)?;
        let path = RelativePath::new(&entry.path).map_err(|_| Failure::BadCommand)?;
        let mut place = layout
            .place(&path, entry.folder)
            .map_err(|_| Failure::TooManyFolders)?;
        if entry.taken && entry.folder {
            layout.rename(&path, &mut place);
        }
        let mut components = vec![place.name];
        let mut parent = place.parent;
        while parent != FolderId::ROOT
            && let Some((next, name)) = layout.folder(parent)
        {
            components.push(name.to_owned());
            parent = next;
        }
        components.reverse();
        Ok(json!(components))
    }
}

impl Slot {
    fn run(&mut self, command: Command, staged: Staged, now: Time) -> Result<Value, Failure> {
        let endpoint = &mut self.endpoint;
        match command {
            Command::Identity {
                participant,
                incarnation,
            } => endpoint.set_identity(
                Identity {
                    participant,
                    incarnation,
                },
                now,
            ),
            Command::Connected {
                own,
                partner,
                candidates,
            } => {
                self.reads.clear();
                let fingerprints = Fingerprints {
                    own: own.0,
                    partner: partner.0,
                };
                let candidates = candidates.iter().map(Candidate::key).collect();
                endpoint.on_connected(fingerprints, candidates, now);
            }
            Command::Disconnected => {
                self.reads.clear();
                endpoint.on_disconnected();
            }
            Command::Yield { yields } => endpoint.set_yielding(yields),
            Command::Path { works } => endpoint.set_path_works(works, now),
            Command::Send {
                offer,
                partner_secret,
                paused,
            } => {
                let outgoing = Outgoing {
                    offer: parse_offer(&offer)?,
                    sizes: staged.sizes.into(),
                    partner_secret,
                    paused,
                    failed: maru_transfer::FailedEntries::default(),
                };
                endpoint.send_transfer(outgoing, now);
            }
            Command::Receive {
                offer,
                secret,
                paused,
                restored,
            } => {
                let incoming = Incoming {
                    offer: parse_offer(&offer)?,
                    secret,
                    restored: restored.with(staged),
                    paused,
                };
                endpoint.receive_transfer(incoming, now);
            }
            Command::Accept { id, secret } => endpoint.accept(id, secret, now),
            Command::Decline { id, code } => endpoint.decline(id, code, now),
            Command::Pause { id, role, paused } => {
                endpoint.set_paused(id, role.into(), paused, now);
            }
            Command::Cancel { id, role } => endpoint.cancel(id, role.into(), now),
            Command::Manifest { message } => {
                let Ok(Some(ControlMessage::Manifest {
                    id,
                    first,
                    entries,
                    last,
                })) = ControlMessage::decode(message.as_bytes())
                else {
                    return Err(Failure::BadCommand);
                };
                endpoint.on_manifest(id, first, Ok((entries, last)), now);
            }
            Command::ManifestFailed { id, first, code } => {
                endpoint.on_manifest(id, first, Err(code), now);
            }
            Command::ReadFailed { read, code } => {
                if let Some(read) = self.reads.remove(&read) {
                    endpoint.on_read(read, Err(code), now);
                }
            }
            Command::Refused { id, entry, code } => {
                endpoint.on_entry_refused(id, entry, code, now);
            }
            Command::Finished { id, entry } => endpoint.on_finished(id, entry, now),
            Command::Checkpoint { id, durable } => endpoint.on_checkpoint(id, durable, now),
            Command::Concluded { id } => endpoint.on_concluded(id, now),
            Command::Problem { id, code } => endpoint.on_disk_problem(id, code, now),
            Command::DiskFailed { id, code } => endpoint.on_disk_failed(id, code, now),
            Command::Mended { id, restored } => {
                endpoint.on_disk_mended(id, restored.with(staged), now);
            }
            Command::ControlSent { messages } => endpoint.on_control_sent(messages, now),
            Command::Timeout => endpoint.on_timeout(now),
            Command::Progress { id, role } => {
                return Ok(endpoint
                    .progress(id, role.into())
                    .map_or(Value::Null, |of| progress(&of)));
            }
            Command::Entry { id, role, entry } => {
                return Ok(match endpoint.entry_progress(id, role.into(), entry) {
                    None => Value::Null,
                    Some(EntryProgress::Arrived(bytes)) => json!({ "arrived": bytes }),
                    Some(EntryProgress::Done) => json!({ "done": true }),
                    Some(EntryProgress::Failed(code)) => json!({ "failed": code }),
                });
            }
            Command::Incoming { id } => {
                return Ok(endpoint.incoming(id).map_or(Value::Null, |offer| {
                    offer_message(offer)
                        .encode()
                        .map_or(Value::Null, Value::String)
                }));
            }
        }
        Ok(Value::Null)
    }
}

impl Candidate {
    fn key(&self) -> (maru_transfer::control::TransferId, Role, ResumeKey) {
        let key = ResumeKey::new(&self.sender, &self.receiver, &self.id);
        (self.id, self.role.into(), key)
    }
}

impl command::Restored {
    fn with(self, staged: Staged) -> endpoint::Restored {
        let done: Ranges = self.done.into_iter().map(|(from, to)| from..to).collect();
        endpoint::Restored {
            present: Ranges::new(),
            sizes: staged.sizes,
            manifest_complete: self.manifest_complete,
            done,
            failed: self.failed.into_iter().collect(),
            partial: staged.digests.into_iter().collect(),
        }
    }
}

fn progress(of: &endpoint::Progress) -> Value {
    let state = match of.state {
        State::Offered => "offered",
        State::Waiting => "waiting",
        State::Active => "active",
        State::Paused => "paused",
    };
    let pauses = &of.pauses;
    let problem = match (&pauses.problem_here, &pauses.problem_there) {
        (Some(code), _) => json!(code),
        (None, there) => json!(there),
    };
    json!({
        "state": state,
        "paused": { "here": pauses.here, "there": pauses.there, "problem": problem, "problemHere": pauses.problem_here.is_some() },
        "transferred": of.transferred,
        "filesDone": of.files_done,
        "filesFailed": of.files_failed,
        "filesPresent": of.files_present,
        "bytesPresent": of.bytes_present,
        "bytesLeft": of.bytes_left,
    })
}

fn parse_offer(text: &str) -> Result<Offer, Failure> {
    match ControlMessage::decode(&Bytes::copy_from_slice(text.as_bytes())) {
        Ok(Some(ControlMessage::Offer {
            id,
            number,
            files,
            folders,
            bytes,
            names,
            skipped,
            secret,
        })) => Ok(Offer {
            id,
            number,
            files,
            folders,
            bytes,
            names,
            skipped,
            secret,
        }),
        _ => Err(Failure::BadCommand),
    }
}

fn offer_message(offer: &Offer) -> ControlMessage {
    ControlMessage::Offer {
        id: offer.id,
        number: offer.number,
        files: offer.files,
        folders: offer.folders,
        bytes: offer.bytes,
        names: offer.names.clone(),
        skipped: offer.skipped,
        secret: offer.secret,
    }
}
