//! Two voices of the espeak-ng synthesiser reading Harvard sentences (IEEE 1969), 26 s each, as Opus frames of
//! 20 ms behind a 16-bit little-endian length. Echo cancellers are judged on these: the formant synthesiser
//! beside this file repeats itself too much for an adaptive filter to learn from.

use maru_audio::{Ask, codec::Decoder};

const FAR: &[u8] = include_bytes!("../data/far.frames");
const NEAR: &[u8] = include_bytes!("../data/near.frames");

/// A male voice, from `skip` seconds on and around.
pub fn far(skip: usize, seconds: usize) -> Vec<f32> {
    rotated(FAR, skip, seconds)
}

/// A female voice, from `skip` seconds on and around.
pub fn near(skip: usize, seconds: usize) -> Vec<f32> {
    rotated(NEAR, skip, seconds)
}

fn rotated(mut frames: &[u8], skip: usize, seconds: usize) -> Vec<f32> {
    let mut decoder = Decoder::new().expect("a decoder");
    let mut sound = Vec::new();
    while let Some((length, rest)) = frames.split_first_chunk::<2>() {
        let (payload, rest) = rest.split_at(usize::from(u16::from_le_bytes(*length)));
        decoder.answer(Ask::Decode(payload), &mut sound);
        frames = rest;
    }
    let shift = skip * 48_000 % sound.len();
    sound.rotate_left(shift);
    sound.truncate(seconds * 48_000);
    sound
}
