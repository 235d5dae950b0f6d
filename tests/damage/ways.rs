//! The ways in which a file is damaged, each drawn from a seed.

use super::random::Random;

/// redb's pages, in bytes.
const PAGE: usize = 4096;
/// The bytes of redb's header: what the file is, and its two commit slots.
const HEADER: usize = 320;

/// A kind of damage: its name, and how it is done.
pub(crate) type Way = (&'static str, fn(&mut Vec<u8>, &mut Random));

pub(crate) const WAYS: [Way; 17] = [
    ("cut anywhere", |file, random| {
        let length = random.within(file.len());
        file.truncate(length);
    }),
    ("cut at a page", |file, random| {
        let length = random.within(file.len() / PAGE) * PAGE;
        file.truncate(length);
    }),
    ("cut to nothing", |file, _| file.clear()),
    ("one bit flipped", |file, random| flip(file, random, 0, 1)),
    ("many bits flipped", |file, random| {
        let count = 2 + random.within(62);
        flip(file, random, 0, count);
    }),
    ("one bit of the header flipped", |file, random| flip_header(file, random, 0..HEADER, 1)),
    ("other flags in the header", |file, random| file[9] ^= 1 + random.within(15) as u8),
    ("one bit of a commit's number flipped", |file, random| {
        let number = [64 + 104, 192 + 104][random.within(2)];
        flip_header(file, random, number..number + 8, 1);
    }),
    ("bits of the header's flags and sizes flipped", |file, random| {
        let count = 1 + random.within(3);
        flip_header(file, random, 9..36, count);
    }),
    ("a page zeroed", |file, random| {
        let at = page(file, random);
        file[at..at + PAGE].fill(0);
    }),
    ("a sector zeroed", |file, random| {
        let at = random.within(file.len() / 512) * 512;
        file[at..at + 512].fill(0);
    }),
    ("the end zeroed from somewhere on", |file, random| {
        let at = random.within(file.len());
        file[at..].fill(0);
    }),
    ("a page of chance", |file, random| {
        let at = page(file, random);
        file[at..at + PAGE].fill_with(|| random.next() as u8);
    }),
    ("a page in the place of another", |file, random| {
        let (from, to) = (page(file, random), page(file, random));
        file.copy_within(from..from + PAGE, to);
    }),
    ("a header of another version", |file, random| {
        // The byte behind the magic number's name, or the version of a commit slot.
        let at = [4, 12, 64, 192][random.within(4)];
        file[at] = file[at].wrapping_add(1 + random.within(254) as u8);
    }),
    ("grown by zeros", |file, random| {
        let more = [1 + random.within(PAGE), PAGE * (1 + random.within(20))][random.within(2)];
        file.resize(file.len() + more, 0);
    }),
    ("grown by what stands in it", |file, random| {
        let from = random.within(file.len());
        file.extend_from_within(from..);
    }),
];

fn page(file: &[u8], random: &mut Random) -> usize {
    random.within(file.len() / PAGE) * PAGE
}

fn flip(file: &mut [u8], random: &mut Random, from: usize, count: usize) {
    for _ in 0..count {
        let at = from + random.within(file.len() - from);
        file[at] ^= 1 << random.within(8);
    }
}

fn flip_header(file: &mut [u8], random: &mut Random, bytes: std::ops::Range<usize>, count: usize) {
    flip(&mut file[..bytes.end], random, bytes.start, count);
}
