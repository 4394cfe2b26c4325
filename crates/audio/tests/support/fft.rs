//! A textbook radix-2 FFT: tests need no fast one.

/// In place; the length must be a power of two. Not scaled either way.
pub fn transform(real: &mut [f64], imaginary: &mut [f64], inverse: bool) {
    let length = real.len();
    assert!(length.is_power_of_two() && imaginary.len() == length);
    let mut target = 0;
    for index in 1..length {
        let mut bit = length >> 1;
        while target & bit != 0 {
            target ^= bit;
            bit >>= 1;
        }
        target |= bit;
        if index < target {
            real.swap(index, target);
            imaginary.swap(index, target);
        }
    }
    let mut span = 2;
    while span <= length {
        let angle = std::f64::consts::TAU / span as f64 * if inverse { 1.0 } else { -1.0 };
        let twiddles: Vec<(f64, f64)> = (0..span / 2)
            .map(|index| ((angle * index as f64).cos(), (angle * index as f64).sin()))
            .collect();
        for start in (0..length).step_by(span) {
            for (index, (cosine, sine)) in twiddles.iter().enumerate() {
                let (even, odd) = (start + index, start + index + span / 2);
                let (x, y) = (
                    real[odd] * cosine - imaginary[odd] * sine,
                    real[odd] * sine + imaginary[odd] * cosine,
                );
                (real[odd], imaginary[odd]) = (real[even] - x, imaginary[even] - y);
                (real[even], imaginary[even]) = (real[even] + x, imaginary[even] + y);
            }
        }
        span *= 2;
    }
}

/// `signal` through a filter with the impulse response `response`, of the length of `signal`.
pub fn convolve(signal: &[f32], response: &[f64]) -> Vec<f32> {
    let size = (2 * response.len()).next_power_of_two();
    let step = size - response.len() + 1;
    let mut filter = (response.to_vec(), vec![0.0; size]);
    filter.0.resize(size, 0.0);
    transform(&mut filter.0, &mut filter.1, false);
    let mut out = vec![0.0f64; signal.len() + size];
    for start in (0..signal.len()).step_by(step) {
        let piece = &signal[start..(start + step).min(signal.len())];
        let mut real: Vec<f64> = piece.iter().map(|sample| f64::from(*sample)).collect();
        real.resize(size, 0.0);
        let mut imaginary = vec![0.0; size];
        transform(&mut real, &mut imaginary, false);
        for index in 0..size {
            let (a, b) = (real[index], imaginary[index]);
            real[index] = a * filter.0[index] - b * filter.1[index];
            imaginary[index] = a * filter.1[index] + b * filter.0[index];
        }
        transform(&mut real, &mut imaginary, true);
        for (slot, value) in out[start..].iter_mut().zip(&real) {
            *slot += value / size as f64;
        }
    }
    out[..signal.len()]
        .iter()
        .map(|sample| *sample as f32)
        .collect()
}
