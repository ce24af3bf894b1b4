mod given;
mod judge;
mod memory;
mod usual;
mod verdict;

pub use given::{Given, Unknown, Value};
pub(crate) use given::{rank, same_or_milder, value_text};
pub(crate) use judge::felt_worse;
pub use judge::{Sight, Truth, due, holds, truth};
pub use memory::Memory;
pub use usual::Usuals;
pub use usual::usual;
pub(crate) use usual::usual_among;
pub use verdict::{Because, Hit, Verdict, verdict_of};
