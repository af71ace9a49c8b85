//! What several pages show in the same way.

pub(crate) mod definition;
pub(crate) mod filter;
pub(crate) mod mark;
pub(crate) mod role;
pub(crate) mod spread;
pub(crate) mod strip;
pub(crate) mod tag;
pub(crate) mod track;
pub(crate) mod trend;
