//! The states of a billing account: 004 names two of them; the others and the ways between them are
//! those of the reference implementation (readings 138 and 140).

/// A state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It exists and is not in use yet.
    Defined,
    /// It is in use.
    Active,
    /// A change of it is being worked on.
    PendingUpdate,
    /// It is out of use for a while.
    Suspended,
    /// Its end is being worked on.
    PendingClosed,
    /// It is out of use for good.
    Closed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Defined,
        Self::Active,
        Self::PendingUpdate,
        Self::Suspended,
        Self::PendingClosed,
        Self::Closed,
    ];

    /// Returns the state that `text` names, in any case, with a blank or an underscore between
    /// words.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.replace(' ', "_");
        Self::ALL.into_iter().find(|state| state.name().eq_ignore_ascii_case(&text))
    }

    /// Returns how it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defined => "Defined",
            Self::Active => "Active",
            Self::PendingUpdate => "Pending_Update",
            Self::Suspended => "Suspended",
            Self::PendingClosed => "Pending_Closed",
            Self::Closed => "Closed",
        }
    }

    /// Returns the names of every state, for a sentence.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Returns whether an account can begin in it.
    pub fn is_initial(self) -> bool {
        matches!(self, Self::Defined | Self::Active)
    }

    /// Returns whether an account in it can go to `next`, or stays.
    pub fn may_become(self, next: Self) -> bool {
        let ways: &[Self] = match self {
            Self::Defined | Self::PendingUpdate => &[Self::Active],
            Self::Active => &[Self::Suspended, Self::PendingClosed, Self::PendingUpdate],
            Self::Suspended => &[Self::Active, Self::Closed],
            Self::PendingClosed => &[Self::Closed],
            Self::Closed => &[],
        };
        self == next || ways.contains(&next)
    }
}
