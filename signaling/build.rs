//! Compresses the files in `ui/dist` and embeds them in the binary.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Maru</title><p>This server was built \
without the web client. Build it with <code>npm ci && npm run build</code> and build the server again, or let \
<code>cargo xtask start</code> do both.</p>";

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    // Cargo takes a missing path for changed on every build. Watch the parent folder until `dist` exists.
    println!(
        "cargo:rerun-if-changed={}",
        if dist.exists() {
            dist.display()
        } else {
            dist.parent().unwrap_or(&dist).display()
        }
    );
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));

    let mut files = Vec::new();
    collect(&dist, &dist, &mut files);
    if !files.iter().any(|(path, _)| path == "/index.html") {
        files = vec![("/index.html".into(), NOT_BUILT.into())];
    }
    files.sort();

    let mut code = String::from("static ASSETS: &[Embedded] = &[\n");
    for (index, (path, bytes)) in files.iter().enumerate() {
        let store = |suffix: &str, bytes: &[u8]| {
            let name = format!("asset-{index}.{suffix}");
            fs::write(out.join(&name), bytes).expect("OUT_DIR is writable");
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))")
        };
        let is_compressed_format = path.ends_with(".woff2") || path.ends_with(".png");
        // Empty if it saves less than a tenth.
        let compress = |compressor: fn(&[u8]) -> Vec<u8>| {
            if is_compressed_format {
                return Vec::new();
            }
            let compressed = compressor(bytes);
            if compressed.len() * 10 < bytes.len() * 9 {
                compressed
            } else {
                Vec::new()
            }
        };
        let hash: String = Sha256::digest(bytes)
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        code.push_str(&format!(
            "    Embedded {{ path: {path:?}, content_type: {:?}, etag: \"\\\"{hash}\\\"\", identity: {}, gzip: {}, \
             br: {} }},\n",
            content_type(path),
            store("identity", bytes),
            store("gz", &compress(gzip)),
            store("br", &compress(brotli)),
        ));
    }
    code.push_str("];\n");
    fs::write(out.join("assets.rs"), code).expect("OUT_DIR is writable");
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            collect(root, &path, files);
        } else if let (Ok(relative), Ok(bytes)) = (path.strip_prefix(root), fs::read(&path)) {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push((
                format!("/{}", relative.to_string_lossy().replace('\\', "/")),
                bytes,
            ));
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let level = if env::var("PROFILE").as_deref() == Ok("release") {
        11
    } else {
        4
    };
    let params = brotli::enc::BrotliEncoderParams {
        quality: level,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)
        .map(|_| out)
        .unwrap_or_default()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
