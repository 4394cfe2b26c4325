//! Small pictures of transferred pictures (decision 0057). What is read comes from another participant, so it is decoded
//! by decoders without unsafe code of our own choice, within limits that are checked before, and the page gets pixels that
//! were encoded here.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read},
    path::Path,
};

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::png::PngEncoder, metadata::Orientation,
};

/// Of a file that is decoded. Bytes.
const MAX_FILE_BYTES: u64 = 20 << 20;
/// Of a picture that is decoded.
const MAX_PIXELS: u64 = 40_000_000;
/// Of its decoded pixels, which may have 8 bytes each.
const MAX_DECODED_BYTES: u64 = 200 << 20;
/// What the decoder may hold besides.
const MAX_DECODER_BYTES: u64 = 400 << 20;
/// The longer side of a thumbnail, in pixels.
const MAX_SIDE: u32 = 320;

/// Why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ThumbnailError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no file, or exceeds a limit.
    #[error("too large, or no file")]
    Refused,
    /// It is no picture of a known format, or a damaged one.
    #[error("no picture: {0}")]
    Decode(#[from] ImageError),
}

/// The PNG file of a picture with at most [`MAX_SIDE`] pixels on each side. PNG, JPEG, WebP and GIF are decoded, as the
/// content says, whatever the name is. Blocks: to be called on a thread for that, and for one file at a time.
///
/// # Errors
/// If it cannot be read, is larger than the limits, or is no such picture.
pub(crate) fn thumbnail(path: &Path) -> Result<Vec<u8>, ThumbnailError> {
    // A link, or a pipe that would block, is not opened.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(ThumbnailError::Refused);
    }
    let mut content = Vec::new();
    // It may have grown since: what is read is bounded, not what was said.
    File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut content)?;
    if content.len() as u64 > MAX_FILE_BYTES {
        return Err(ThumbnailError::Refused);
    }
    encode(&decode(&content)?)
}

fn decode(content: &[u8]) -> Result<DynamicImage, ThumbnailError> {
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format()?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(ThumbnailError::Refused);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder)?;
    let mut small = if width > MAX_SIDE || height > MAX_SIDE {
        picture.thumbnail(MAX_SIDE, MAX_SIDE)
    } else {
        picture
    };
    small.apply_orientation(orientation);
    Ok(small)
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, ThumbnailError> {
    let mut png = Vec::new();
    // Eight bits, and no metadata: where a photo was taken stays in the file.
    picture
        .to_rgba8()
        .write_with_encoder(PngEncoder::new(&mut png))?;
    Ok(png)
}

/// The formats that are decoded, by the extension of a name: others are not opened.
pub(crate) fn is_picture(path: &Path) -> bool {
    ImageFormat::from_path(path).is_ok_and(|format| {
        [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::WebP,
            ImageFormat::Gif,
        ]
        .contains(&format)
    })
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

    use super::*;

    fn picture(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 {
                Rgb([255, 0, 0])
            } else {
                Rgb([0, 0, 255])
            }
        })
    }

    fn bytes_of(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn thumbnail_of(content: &[u8]) -> Result<Vec<u8>, ThumbnailError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        fs::write(&path, content).unwrap();
        thumbnail(&path)
    }

    #[test]
    fn pictures_of_each_format_become_small_pngs_of_the_same_shape() {
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::WebP,
            ImageFormat::Gif,
        ] {
            let png = thumbnail_of(&bytes_of(&picture(800, 400), format)).unwrap();
            let small = image::load_from_memory_with_format(&png, ImageFormat::Png)
                .unwrap()
                .to_rgb8();
            assert_eq!(small.dimensions(), (320, 160), "{format:?}");
            assert!(small.get_pixel(20, 80)[0] > 200 && small.get_pixel(300, 80)[2] > 200);
        }
        let small = thumbnail_of(&bytes_of(&picture(8, 4), ImageFormat::Png)).unwrap();
        let small = image::load_from_memory(&small).unwrap();
        assert_eq!((small.width(), small.height()), (8, 4));
    }

    #[test]
    fn a_photo_is_turned_as_its_camera_was_and_loses_its_metadata() {
        // An Exif block with orientation 6: to be turned by 90 degrees clockwise.
        let exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let picture = picture(800, 400);
        let mut photo = Vec::new();
        let mut encoder = JpegEncoder::new(&mut photo);
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        encoder
            .write_image(picture.as_raw(), 800, 400, ExtendedColorType::Rgb8)
            .unwrap();
        let png = thumbnail_of(&photo).unwrap();
        let small = image::load_from_memory(&png).unwrap().to_rgb8();
        assert_eq!(small.dimensions(), (160, 320));
        assert!(small.get_pixel(80, 20)[0] > 200 && small.get_pixel(80, 300)[2] > 200);
        assert!(!png.windows(4).any(|chunk| chunk == b"eXIf"));
    }

    #[test]
    fn what_would_take_much_memory_is_refused_before_it_is_decoded() {
        // The header of a PNG of 40,000 × 40,000 pixels, and nothing behind it: decoding it would fail otherwise.
        let mut bomb = bytes_of(&picture(8, 8), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40]);
        let checksum = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&checksum);
        bomb.truncate(33 + 12);
        assert!(matches!(thumbnail_of(&bomb), Err(ThumbnailError::Refused)));
        let mut large = bytes_of(&picture(8, 8), ImageFormat::Png);
        large.resize(usize::try_from(MAX_FILE_BYTES).unwrap() + 1, 0);
        assert!(matches!(thumbnail_of(&large), Err(ThumbnailError::Refused)));
        large.pop();
        assert!(thumbnail_of(&large).is_ok());
    }

    #[test]
    fn other_files_and_damaged_pictures_have_none() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"#;
        assert!(matches!(thumbnail_of(svg), Err(ThumbnailError::Decode(_))));
        assert!(matches!(thumbnail_of(b""), Err(ThumbnailError::Decode(_))));
        let mut damaged = bytes_of(&picture(80, 40), ImageFormat::Png);
        damaged.truncate(60);
        assert!(matches!(
            thumbnail_of(&damaged),
            Err(ThumbnailError::Decode(_))
        ));
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            thumbnail(folder.path()),
            Err(ThumbnailError::Refused)
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("secret.png");
        fs::write(&target, bytes_of(&picture(8, 8), ImageFormat::Png)).unwrap();
        let link = folder.path().join("link.png");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(thumbnail(&target).is_ok());
        assert!(matches!(thumbnail(&link), Err(ThumbnailError::Refused)));
    }

    #[test]
    fn only_names_of_pictures_are_opened() {
        for name in ["a.PNG", "a.jpg", "a.jpeg", "a.webp", "a.gif"] {
            assert!(is_picture(Path::new(name)), "{name}");
        }
        for name in ["a.svg", "a.tiff", "a.exe", "png", "a"] {
            assert!(!is_picture(Path::new(name)), "{name}");
        }
    }

    /// Of PNG chunks.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 {
                    (sum >> 1) ^ 0xedb8_8320
                } else {
                    sum >> 1
                }
            })
        })
    }
}
