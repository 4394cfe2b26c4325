//! Sample formats of sound cards.

/// Calls `$each` with the samples of `$data` (a `cpal::Data`) as a slice of what they are. Formats that hold no
/// samples (DSD) are left alone; [`readable`] keeps us from opening a device with one.
macro_rules! with_samples {
    ($data:expr, $slice:ident, |$samples:ident| $each:expr) => {
        $crate::format::with_samples!(@ $data, $slice, $samples, $each,
            I8 i8, I16 i16, I24 cpal::I24, I32 i32, I64 i64,
            U8 u8, U16 u16, U24 cpal::U24, U32 u32, U64 u64, F32 f32, F64 f64)
    };
    (@ $data:expr, $slice:ident, $samples:ident, $each:expr, $($format:ident $type:ty),*) => {
        match $data.sample_format() {
            $(cpal::SampleFormat::$format => {
                if let Some($samples) = $data.$slice::<$type>() {
                    $each
                }
            })*
            _ => {}
        }
    };
}
pub(crate) use with_samples;

/// True for the formats [`with_samples`] knows.
pub(crate) fn readable(format: cpal::SampleFormat) -> bool {
    format.is_int() || format.is_uint() || format.is_float()
}

/// What a device may be given: full scale at most, and a number.
pub(crate) fn presentable(sample: f32) -> f32 {
    // The largest number below 1: a 24-bit integer format has no +1.
    const MOST: f32 = 1.0 - f32::EPSILON / 2.0;
    if sample.is_finite() {
        sample.clamp(-1.0, MOST)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use cpal::Sample;

    use super::*;

    #[test]
    fn nothing_overflows() {
        for sample in [1.0f32, 2.0, f32::INFINITY] {
            let sample = presentable(sample);
            assert!(sample < 1.0);
            assert!(i16::from_sample(sample) >= 0);
            assert!(cpal::I24::from_sample(sample).inner() < 1 << 23);
            assert!(i32::from_sample(sample) >= 0);
        }
        assert_eq!(presentable(f32::NAN), 0.0);
        assert_eq!(i16::from_sample(presentable(-7.0)), i16::MIN);
    }

    #[test]
    fn one_bit_sound_is_not_readable() {
        assert!(readable(cpal::SampleFormat::U16) && readable(cpal::SampleFormat::F64));
        assert!(!readable(cpal::SampleFormat::DsdU8));
    }
}
