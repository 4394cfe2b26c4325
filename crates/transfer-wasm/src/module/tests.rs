use maru_transfer::hash::HashError;
use serde_json::Value;

use super::*;

/// Also read by the test of the built module (`ui/src/host/browser/files/transfer-module.test.ts`).
fn vectors() -> Vec<(Vec<u8>, String)> {
    let vectors: Value = serde_json::from_str(include_str!("../../vectors/hashes.json")).unwrap();
    let vector = |vector: &Value| {
        let content = match vector["text"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => (0..vector["size"].as_u64().unwrap())
                .map(|index| u8::try_from(index % 251).unwrap())
                .collect(),
        };
        (content, vector["hash"].as_str().unwrap().to_owned())
    };
    vectors.as_array().unwrap().iter().map(vector).collect()
}

fn exchanged(module: &mut Module) -> String {
    module.exchange()[..HASH_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The groups in descending order: each digest belongs to its number and not to its turn.
fn hash_file(module: &mut Module, content: &[u8]) -> String {
    let size = content.len() as u64;
    let groups: Vec<_> = (0..).zip(content.chunks(EXCHANGE_BYTES)).collect();
    let file = (groups.len() != 1).then(|| module.open_file(size).unwrap());
    for (group, bytes) in groups.into_iter().rev() {
        module.exchange()[..bytes.len()].copy_from_slice(bytes);
        match (module.hash_group(size, group, bytes.len()).unwrap(), file) {
            (Hashed::Digest, Some(file)) => module.add_digest(file, group).unwrap(),
            (Hashed::File, None) => {}
            _ => panic!("a digest if and only if the file has several groups"),
        }
    }
    if let Some(file) = file {
        module.finish_file(file).unwrap();
        let hash = exchanged(module);
        module.close_file(file);
        return hash;
    }
    exchanged(module)
}

#[test]
fn the_vectors_are_what_blake3_says() {
    let vectors = vectors();
    assert!(vectors.iter().any(|(content, _)| content.is_empty()));
    let mut module = Module::new();
    for (content, hash) in vectors {
        let size = content.len();
        assert_eq!(blake3::hash(&content).to_hex().as_str(), hash, "{size}");
        assert_eq!(hash_file(&mut module, &content), hash, "{size}");
    }
}

#[test]
fn a_handle_names_its_own_file_until_it_is_closed() {
    let mut module = Module::new();
    let size = 2 * GROUP_BYTES;
    let [first, second] = [(); 2].map(|()| module.open_file(size).unwrap());
    module.add_digest(first, 0).unwrap();
    module.add_digest(second, 0).unwrap();
    assert_eq!(
        module.add_digest(first, 0),
        Err(HashError::Duplicate.into())
    );
    module.close_file(first);
    module.close_file(first);
    assert_eq!(module.add_digest(first, 1), Err(Failure::NoSuchHandle));
    assert_eq!(module.finish_file(9), Err(Failure::NoSuchHandle));
    assert_eq!(
        module.finish_file(second),
        Err(HashError::Incomplete.into())
    );
    // The number is given again, with nothing of the closed file.
    assert_eq!(module.open_file(size).unwrap(), first);
    module.add_digest(first, 0).unwrap();
}

#[test]
fn the_length_of_a_group_is_checked() {
    let mut module = Module::new();
    let size = GROUP_BYTES + 2;
    let whole = EXCHANGE_BYTES;
    assert_eq!(
        module.hash_group(size, 0, whole - 1),
        Err(HashError::Incomplete.into())
    );
    assert_eq!(
        module.hash_group(size, 1, 3),
        Err(HashError::TooManyBytes.into())
    );
    assert_eq!(
        module.hash_group(size, 2, 0),
        Err(HashError::NoSuchGroup.into())
    );
    assert_eq!(module.hash_group(size, 0, whole + 1), Err(Failure::TooLong));
    assert_eq!(module.hash_group(size, 0, whole), Ok(Hashed::Digest));
}
