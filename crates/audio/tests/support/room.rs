//! A room with a loudspeaker and a microphone in it.

use super::{fft::convolve, random::Random};

/// `played` as captured by the microphone in the room `seed`: delayed by `delay_ms`, with early reflections and a
/// diffuse tail that decays by 60 dB in `reverberation_ms` and has a tenth of the direct path's energy, as within
/// arm's length of a loudspeaker. A broadband signal arrives at `gain` of its amplitude.
pub fn echo(
    played: &[f32],
    seed: u64,
    delay_ms: f64,
    reverberation_ms: f64,
    gain: f64,
) -> Vec<f32> {
    let mut response = impulse_response(seed, reverberation_ms);
    let energy: f64 = response.iter().map(|tap| tap * tap).sum();
    for tap in &mut response {
        *tap *= gain / energy.sqrt();
    }
    let mut delayed = vec![0.0; (delay_ms * 48.0) as usize];
    delayed.extend_from_slice(played);
    delayed.truncate(played.len());
    convolve(&delayed, &response)
}

fn impulse_response(seed: u64, reverberation_ms: f64) -> Vec<f64> {
    let mut random = Random::new(seed);
    let length = (reverberation_ms * 48.0) as usize;
    let decay = 6.9 / length as f64;
    let mut response = vec![0.0; length];
    response[0] = 1.0;
    for _ in 0..12 {
        let at = (48.0 * (1.0 + 20.0 * random.unit())) as usize;
        if at < length {
            response[at] += 0.5 * random.normal() * (-decay * at as f64).exp();
        }
    }
    let mut smooth = 0.0;
    for (index, tap) in response.iter_mut().enumerate().skip(200) {
        // Walls absorb high frequencies more than low ones.
        smooth += 0.5 * (random.normal() - smooth);
        *tap += 0.02 * smooth * (-decay * index as f64).exp();
    }
    response
}

/// White noise of the given level.
pub fn noise(seed: u64, length: usize, dbfs: f64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let amplitude = 10f64.powf(dbfs / 20.0);
    (0..length)
        .map(|_| (random.normal() * amplitude) as f32)
        .collect()
}
