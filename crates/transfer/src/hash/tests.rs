use proptest::prelude::*;

use super::*;
use crate::limits::MAX_FILE_BYTES;

const GROUP: usize = 1 << 20;

/// Not periodic in a group, so that swapped groups differ.
fn content(size: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut bytes = vec![0; size];
    for byte in &mut bytes {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = state.to_le_bytes()[1];
    }
    bytes
}

fn hash_group(size: u64, group: u64, bytes: &[u8]) -> GroupHash {
    let mut hasher = GroupHasher::new(size, group).unwrap();
    hasher.update(bytes).unwrap();
    hasher.finish().unwrap()
}

fn digests(bytes: &[u8]) -> Vec<Digest> {
    (0..)
        .zip(bytes.chunks(GROUP))
        .map(
            |(group, chunk)| match hash_group(bytes.len() as u64, group, chunk) {
                GroupHash::Digest(digest) => digest,
                GroupHash::File(_) => panic!("a file of several groups"),
            },
        )
        .collect()
}

fn hash_file(bytes: &[u8]) -> FileHash {
    let size = bytes.len() as u64;
    if group_count(size) == 1 {
        match hash_group(size, 0, bytes) {
            GroupHash::File(hash) => hash,
            GroupHash::Digest(_) => panic!("a file of one group"),
        }
    } else {
        combine(size, &digests(bytes)).unwrap()
    }
}

fn expected(bytes: &[u8]) -> FileHash {
    FileHash(*blake3::hash(bytes).as_bytes())
}

/// The tree as BLAKE3's paper defines it (§2.1): the left half has the greatest power of two of groups that leaves
/// at least one to the right.
fn recursive(digests: &[Digest]) -> [u8; 32] {
    use blake3::hazmat::{Mode, merge_subtrees_non_root};
    if let [digest] = digests {
        return digest.0;
    }
    let (left, right) = digests.split_at(digests.len().next_power_of_two() / 2);
    merge_subtrees_non_root(&recursive(left), &recursive(right), Mode::Hash)
}

fn recursive_root(digests: &[Digest]) -> FileHash {
    use blake3::hazmat::{Mode, merge_subtrees_root};
    let (left, right) = digests.split_at(digests.len().next_power_of_two() / 2);
    FileHash(*merge_subtrees_root(&recursive(left), &recursive(right), Mode::Hash).as_bytes())
}

fn made_up(count: u64) -> Vec<Digest> {
    (0..count)
        .map(|group| Digest(*blake3::hash(&group.to_le_bytes()).as_bytes()))
        .collect()
}

#[test]
fn a_file_has_the_hash_that_b3sum_prints() {
    for size in [
        0,
        1,
        1023,
        1024,
        1025,
        (1 << 14) - 1,
        1 << 14,
        (1 << 14) + 1,
        GROUP - 1,
        GROUP,
        GROUP + 1,
        2 * GROUP,
        3 * GROUP,
        4 * GROUP,
        4 * GROUP + 1,
        5 * GROUP + 17,
    ] {
        let bytes = content(size);
        assert_eq!(hash_file(&bytes), expected(&bytes), "{size} bytes");
    }
}

#[test]
fn hashes_are_those_of_the_published_test_vectors() {
    let vector = |length: u32| {
        (0..length)
            .map(|i| (i % 251).to_le_bytes()[0])
            .collect::<Vec<_>>()
    };
    for (bytes, hash) in [
        (
            vec![],
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        ),
        (
            b"abc".to_vec(),
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        ),
        (
            vector(1),
            "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
        ),
        (
            vector(1025),
            "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
        ),
        (
            vector(102_400),
            "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
        ),
    ] {
        assert_eq!(hash_file(&bytes).to_string(), hash, "{} bytes", bytes.len());
    }
}

#[test]
fn groups_have_the_lengths_of_their_file() {
    let group = GROUP_BYTES;
    for (size, count, last) in [
        (1, 1, 1),
        (group - 1, 1, group - 1),
        (group, 1, group),
        (group + 1, 2, 1),
        (3 * group, 3, group),
        (MAX_FILE_BYTES, 1 << 33, group - 1),
    ] {
        assert_eq!(group_count(size), count);
        assert_eq!(group_length(size, count - 1), Some(last));
        assert_eq!(group_length(size, count), None);
        assert_eq!(group_length(size, u64::MAX), None);
        if count > 1 {
            assert_eq!(group_length(size, 0), Some(group));
        }
    }
    assert_eq!((group_count(0), group_length(0, 0)), (0, None));
}

#[test]
fn a_wrong_order_a_wrong_digest_and_a_wrong_size_give_another_hash() {
    let bytes = content(5 * GROUP + 17);
    let size = bytes.len() as u64;
    let good = digests(&bytes);
    let hash = expected(&bytes);
    for first in 0..good.len() {
        for second in 0..first {
            let mut swapped = good.clone();
            swapped.swap(first, second);
            assert_ne!(combine(size, &swapped).unwrap(), hash);
        }
        let mut wrong = good.clone();
        wrong[first].0[31] ^= 1;
        assert_ne!(combine(size, &wrong).unwrap(), hash);
    }
    // Digests are the same for every size of the same number of groups; the last group's own digest has its length.
    assert_eq!(combine(size - 1, &good).unwrap(), hash);
    assert_ne!(
        hash_group(size, 5, &bytes[5 * GROUP..]),
        hash_group(size - 1, 5, &bytes[5 * GROUP..bytes.len() - 1])
    );
    assert_eq!(combine(size, &good[..5]), Err(HashError::Incomplete));
    assert_eq!(combine(size, &[]), Err(HashError::Incomplete));
    assert_eq!(
        combine(size - 17, &good),
        Err(HashError::NoSuchGroup),
        "one digest too many"
    );
    assert_eq!(combine(17, &good[..1]), Err(HashError::NoDigests));
    assert_eq!(combine(0, &good[..1]), Err(HashError::NoSuchGroup));
}

#[test]
fn the_same_content_has_another_digest_elsewhere() {
    let bytes = content(GROUP);
    let size = 4 * GROUP_BYTES;
    assert_ne!(hash_group(size, 0, &bytes), hash_group(size, 1, &bytes));
    assert_ne!(hash_group(size, 1, &bytes), hash_group(size, 2, &bytes));
    assert_eq!(
        hash_group(size, 1, &bytes),
        hash_group(9 * GROUP_BYTES, 1, &bytes)
    );
}

#[test]
fn holes_hash_like_zeros() {
    let size = 2 * GROUP + 70_001;
    let zeros = vec![0; size];
    let good = digests(&zeros);
    for (group, digest) in (0..).zip(&good) {
        assert_eq!(
            hash_zeros(size as u64, group),
            Ok(GroupHash::Digest(*digest))
        );
    }
    assert_eq!(
        hash_zeros(70_001, 0),
        Ok(GroupHash::File(expected(&zeros[..70_001])))
    );
    // Zeros between other bytes.
    let mut bytes = content(GROUP);
    bytes[1_000..900_000].fill(0);
    let mut hasher = GroupHasher::new(GROUP_BYTES, 0).unwrap();
    hasher.update(&bytes[..1_000]).unwrap();
    hasher.update_zeros(899_000).unwrap();
    assert_eq!(hasher.finish(), Err(HashError::Incomplete));
    hasher.update(&bytes[900_000..]).unwrap();
    assert_eq!(hasher.finish(), Ok(GroupHash::File(expected(&bytes))));
}

#[test]
fn a_group_takes_its_bytes_and_no_more() {
    let mut hasher = GroupHasher::new(GROUP_BYTES + 3, 1).unwrap();
    assert_eq!(hasher.finish(), Err(HashError::Incomplete));
    assert_eq!(hasher.update(&[1, 2, 3, 4]), Err(HashError::TooManyBytes));
    assert_eq!(hasher.update_zeros(u64::MAX), Err(HashError::TooManyBytes));
    hasher.update(&[1, 2]).unwrap();
    assert_eq!(hasher.update_zeros(2), Err(HashError::TooManyBytes));
    hasher.update(&[3]).unwrap();
    assert_eq!(hasher.remaining(), 0);
    // The refused bytes were not hashed.
    assert_eq!(
        hasher.finish(),
        Ok(hash_group(GROUP_BYTES + 3, 1, &[1, 2, 3]))
    );
    for (size, group) in [
        (0, 0),
        (1, 1),
        (GROUP_BYTES, 1),
        (GROUP_BYTES + 1, 2),
        (1, u64::MAX),
    ] {
        assert_eq!(
            GroupHasher::new(size, group).map(|_| ()),
            Err(HashError::NoSuchGroup)
        );
    }
}

#[test]
fn the_largest_file_has_digests_and_larger_ones_are_refused() {
    let last = group_count(MAX_FILE_BYTES) - 1;
    let bytes = content(GROUP - 1);
    let digest = hash_group(MAX_FILE_BYTES, last, &bytes);
    assert_ne!(
        digest,
        hash_group(MAX_FILE_BYTES - 1, last - 1, &content(GROUP))
    );
    let mut hasher = FileHasher::new(MAX_FILE_BYTES).unwrap();
    for group in [last, 0, last - 1, 1, last / 2] {
        assert!(!hasher.has(group));
        hasher.add(group, Digest([7; 32])).unwrap();
        assert!(hasher.has(group));
    }
    assert_eq!(hasher.remaining(), last - 4);
    assert_eq!(hasher.finish(), Err(HashError::Incomplete));
    for size in [MAX_FILE_BYTES + 1, u64::MAX] {
        assert_eq!(
            FileHasher::new(size).map(|_| ()),
            Err(HashError::FileTooLarge)
        );
        assert_eq!(
            GroupHasher::new(size, 0).map(|_| ()),
            Err(HashError::FileTooLarge)
        );
    }
}

#[test]
fn digests_in_order_take_logarithmic_memory() {
    // 100 GB.
    let count = 95_368_u64;
    let mut hasher = FileHasher::new(count * GROUP_BYTES).unwrap();
    for (group, digest) in (0..).zip(made_up(count)) {
        hasher.add(group, digest).unwrap();
        assert!(hasher.held() <= 17, "{} after {group}", hasher.held());
    }
    assert_eq!(hasher.finish().unwrap(), recursive_root(&made_up(count)));
    assert_eq!(hasher.held(), 0);
}

#[test]
fn every_number_of_groups_has_the_tree_of_the_paper() {
    for count in 2..=300 {
        let digests = made_up(count);
        assert_eq!(
            combine(count * GROUP_BYTES, &digests).unwrap(),
            recursive_root(&digests)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn groups_hash_in_any_order_and_in_any_pieces(
        size in prop_oneof![GROUP + 1..7 * GROUP, (2..6_usize).prop_map(|n| n * GROUP)],
        seed in any::<u64>(),
        pieces in prop::collection::vec(1..200_000_usize, 1..9),
    ) {
        let bytes = content(size);
        let mut order: Vec<u64> = (0..group_count(size as u64)).collect();
        order.sort_by_key(|group| blake3::hash(&(group ^ seed).to_le_bytes()).as_bytes()[0]);
        let mut file = FileHasher::new(size as u64).unwrap();
        for group in order {
            let start = usize::try_from(group).unwrap() * GROUP;
            let mut rest = &bytes[start..size.min(start + GROUP)];
            let mut hasher = GroupHasher::new(size as u64, group).unwrap();
            for piece in pieces.iter().cycle() {
                let (now, later) = rest.split_at(rest.len().min(*piece));
                hasher.update(now).unwrap();
                rest = later;
                prop_assert_eq!(hasher.remaining(), rest.len() as u64);
                if rest.is_empty() { break; }
            }
            let GroupHash::Digest(digest) = hasher.finish().unwrap() else { panic!("several groups") };
            prop_assert_eq!(file.finish(), Err(HashError::Incomplete));
            file.add(group, digest).unwrap();
        }
        prop_assert_eq!(file.finish().unwrap(), expected(&bytes));
    }

    #[test]
    fn digests_combine_in_any_order_and_once_each(
        count in 2..600_u64,
        seed in any::<u64>(),
        again in any::<prop::sample::Index>(),
    ) {
        let digests = made_up(count);
        let mut order: Vec<u64> = (0..count).collect();
        order.sort_by_key(|group| *blake3::hash(&(group ^ seed).to_le_bytes()).as_bytes());
        let mut hasher = FileHasher::new(count * GROUP_BYTES - 1).unwrap();
        let stop = again.index(order.len());
        for (done, group) in order.iter().enumerate() {
            prop_assert!(!hasher.has(*group));
            hasher.add(*group, digests[usize::try_from(*group).unwrap()]).unwrap();
            prop_assert!(hasher.held() <= order.len().div_ceil(2));
            if done == stop {
                for before in &order[..=done] {
                    prop_assert!(hasher.has(*before));
                    prop_assert_eq!(hasher.add(*before, Digest([0; 32])), Err(HashError::Duplicate));
                }
            }
        }
        prop_assert_eq!(hasher.remaining(), 0);
        prop_assert_eq!(hasher.finish().unwrap(), recursive_root(&digests));
    }

    #[test]
    fn a_small_file_is_one_group(bytes in prop::collection::vec(any::<u8>(), 1..40_000)) {
        prop_assert_eq!(hash_file(&bytes), expected(&bytes));
    }
}
