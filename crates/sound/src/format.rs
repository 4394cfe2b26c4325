//! Sample formats of sound cards.

/// Calls `$each` with the samples of `$data` (a `cpal::Data`) as a slice of their type. Formats without samples (DSD)
/// are ignored; no device is opened with one, see [`is_supported`].
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

/// True for the formats that [`with_samples`] supports.
pub(crate) fn is_supported(format: cpal::SampleFormat) -> bool {
    format.is_int() || format.is_uint() || format.is_float()
}

/// Clamps a sample to full scale; 0 where it is not finite.
pub(crate) fn clamp_to_full_scale(sample: f32) -> f32 {
    // The largest number below 1: a 24-bit integer format has no +1.
    const MAX: f32 = 1.0 - f32::EPSILON / 2.0;
    if sample.is_finite() {
        sample.clamp(-1.0, MAX)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use cpal::Sample;

    use super::*;

    #[test]
    fn no_format_overflows() {
        for sample in [1.0f32, 2.0, f32::INFINITY] {
            let sample = clamp_to_full_scale(sample);
            assert!(sample < 1.0);
            assert!(i16::from_sample(sample) >= 0);
            assert!(cpal::I24::from_sample(sample).inner() < 1 << 23);
            assert!(i32::from_sample(sample) >= 0);
        }
        assert_eq!(clamp_to_full_scale(f32::NAN), 0.0);
        assert_eq!(i16::from_sample(clamp_to_full_scale(-7.0)), i16::MIN);
    }

    #[test]
    fn dsd_is_not_supported() {
        assert!(is_supported(cpal::SampleFormat::U16) && is_supported(cpal::SampleFormat::F64));
        assert!(!is_supported(cpal::SampleFormat::DsdU8));
    }
}
