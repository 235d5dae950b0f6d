//! Reading a body as far as the budget goes: what is too much is known while it comes, and left where
//! it is.

use std::io::Read;

use super::Client;
use crate::harness::wire::long::{BEGINNING, LongBody};
use crate::harness::wire::message::Room;
use crate::harness::wire::meter::{Excess, Meter};

/// So much is read at a time, or the whole of a body that is shorter and says so.
const PIECE: usize = 64 << 10;

/// A body that was read to its end.
pub(super) enum Came {
    Short(Vec<u8>),
    /// Its beginning, and the whole of it.
    Long(Vec<u8>, LongBody),
}

/// The reasons why a body was not read to its end.
pub(super) enum Unread {
    Failed(ureq::Error, HowFar),
    /// It is more than the budget takes.
    Excess(String),
    /// The budget of the run is used up.
    UsedUp(String),
    /// There is no place for it.
    Unkept(String),
}

/// How much of a body had come.
#[derive(Debug, Clone, Copy)]
pub(super) struct HowFar {
    came: u64,
    /// The bytes that its Content-Length promises.
    promised: Option<u64>,
}

impl HowFar {
    /// Returns what is to be added to a sentence on what ended it.
    pub(super) fn told(self) -> String {
        match self {
            HowFar { came, promised: Some(promised) } => {
                format!(": its Content-Length promises {}, and {came} came", counted(promised))
            }
            HowFar { came, promised: None } => format!(": {} of its body had come", counted(came)),
        }
    }
}

/// Returns a number of bytes in words.
pub(super) fn counted(bytes: u64) -> String {
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}

impl Client {
    /// Reads the body of an answer, which may be so much.
    pub(super) fn read(&self, room: Room, body: &mut ureq::Body) -> Result<Came, Unread> {
        let allowance = &self.budget.allowance;
        let excess = |meter: &Meter| match room {
            Room::Thing | Room::Glance => meter.excess(allowance).map(|it| it.told(allowance)),
            Room::List => {
                meter.excess_of_list(allowance).map(|it| it.told_of_list(meter, allowance))
            }
        };
        let (most, told) = match room {
            Room::Thing | Room::Glance => (allowance.answer, Excess::Bytes.told(allowance)),
            Room::List => {
                (allowance.list.max(allowance.answer), Excess::Bytes.told_of_long_list(allowance))
            }
        };
        if let Some(length) = body.content_length().filter(|length| *length > most) {
            return match room {
                Room::Glance => Ok(Came::Long(Vec::new(), LongBody::gone(length))),
                Room::Thing | Room::List => Err(Unread::Excess(told)),
            };
        }
        let (mut held, mut meter) = (Vec::new(), Meter::default());
        let mut long: Option<LongBody> = None;
        let promised = body.content_length();
        let length = promised.and_then(|length| usize::try_from(length).ok());
        let mut piece = vec![0; length.unwrap_or(PIECE).clamp(1, PIECE)];
        let mut reader = body.as_reader();
        loop {
            let how_far = HowFar { came: meter.whole.bytes, promised };
            let count = reader.read(&mut piece);
            let count = count.map_err(|error| Unread::Failed(error.into(), how_far))?;
            if count == 0 {
                break;
            }
            let came = &piece[..count];
            let before = meter.whole.values;
            meter.take(came);
            let values = meter.whole.values - before;
            self.budget.take(count as u64, values).map_err(Unread::UsedUp)?;
            match excess(&meter) {
                None => {}
                Some(_) if room == Room::Glance => {
                    held.truncate(BEGINNING);
                    return Ok(Came::Long(held, LongBody::gone(meter.whole.bytes)));
                }
                Some(told) => return Err(Unread::Excess(told)),
            }
            match &mut long {
                Some(long) => long.add(came).map_err(unkept)?,
                None if (held.len() + count) as u64 > allowance.answer => {
                    let mut file = LongBody::new().map_err(unkept)?;
                    file.add(&held).and_then(|()| file.add(came)).map_err(unkept)?;
                    held.truncate(BEGINNING);
                    held.shrink_to_fit();
                    long = Some(file);
                }
                None => held.extend_from_slice(came),
            }
        }
        Ok(match long {
            Some(long) => Came::Long(held, long.with_list(meter.longest)),
            None => Came::Short(held),
        })
    }
}

fn unkept(error: std::io::Error) -> Unread {
    let folder = std::env::temp_dir();
    Unread::Unkept(format!(
        "the list is too long to be held, and {} takes no file for it: {error}; TMPDIR names another \
         folder",
        folder.display()
    ))
}
