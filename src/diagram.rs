//! The decision diagram of a question: complete, reduced, ordered, with equal meaning as equal identity.
//!
//! A script is run over every branch that the facts which are not known leave open (`explore`); the paths become a
//! multi-valued diagram whose variables are the facts in their declared order (`reduce`); what is asked of it stands in
//! `query`.

mod explore;
mod labels;
mod query;
mod reduce;
mod rows;
mod space;

pub use explore::{Bounds, Exploration, Path, Step, explore};
pub use query::Condition;
pub use reduce::{Diagram, MOST_NODES, NodeId};
pub use rows::{Cells, Row};
pub use space::{Space, Variable};
