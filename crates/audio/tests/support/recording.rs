//! Two voices of the espeak-ng synthesiser reading Harvard sentences (IEEE 1969), 26 s each, as Opus frames of
//! 20 ms, each after a 16-bit little-endian length. For tests of echo cancellation: the formant synthesiser in
//! `speech.rs` is too repetitive for an adaptive filter to converge on.

use maru_audio::{DecodeRequest, codec::Decoder};

const FAR: &[u8] = include_bytes!("../data/far.frames");
const NEAR: &[u8] = include_bytes!("../data/near.frames");

/// A male voice, starting at `skip` seconds and wrapping around.
pub fn far(skip: usize, seconds: usize) -> Vec<f32> {
    rotated(FAR, skip, seconds)
}

/// A female voice, starting at `skip` seconds and wrapping around.
pub fn near(skip: usize, seconds: usize) -> Vec<f32> {
    rotated(NEAR, skip, seconds)
}

fn rotated(mut frames: &[u8], skip: usize, seconds: usize) -> Vec<f32> {
    let mut decoder = Decoder::new().expect("a decoder");
    let mut audio = Vec::new();
    while let Some((length, rest)) = frames.split_first_chunk::<2>() {
        let (payload, rest) = rest.split_at(usize::from(u16::from_le_bytes(*length)));
        decoder.decode(DecodeRequest::Decode(payload), &mut audio);
        frames = rest;
    }
    let shift = skip * 48_000 % audio.len();
    audio.rotate_left(shift);
    audio.truncate(seconds * 48_000);
    audio
}
