//! Our own pictures, drawn on a grid of 24 with a line of 2.

use askama::Template;

/// A picture that stands beside words, never in their place: screen readers skip it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Template)]
#[template(path = "part/icon.html")]
pub enum Icon {
    /// The house's mark: three concentric lamellae.
    Mark,
    /// Level *expected*: a circle with a tick.
    Expected,
    /// Level *watch*: an eye.
    Watch,
    /// Level *attention*: a raised hand.
    Attention,
    /// Level *emergency*, and calling: a telephone.
    Emergency,
    /// Somebody walking.
    Walk,
    /// A weight to carry.
    Lift,
    /// Somebody sitting.
    Sit,
    /// Somebody standing.
    Stand,
    /// Somebody bending.
    Bend,
    /// Somebody turning at the waist.
    Twist,
    /// A steering wheel.
    Drive,
    /// Running and jumping.
    Impact,
    /// A bath.
    Soak,
    /// The day's page.
    Home,
    /// A dumb-bell.
    Exercises,
    /// A rising line.
    Progress,
    /// An open book.
    Learn,
    /// A question mark in a circle.
    Help,
    /// A clock.
    Clock,
    /// A magnifying glass.
    Search,
    /// An arrow to the left.
    Back,
    /// An arrow to the right.
    Forward,
    /// A tick.
    Check,
    /// Stop: an octagon.
    Stop,
    /// A person.
    Person,
    /// A plus.
    Add,
    /// A sheet in a printer.
    Print,
    /// A cloud that is crossed out: no network.
    Offline,
    /// An arrow turning back.
    Undo,
}

impl Icon {
    /// Whether the picture is filled rather than drawn with a line.
    pub fn is_solid(self) -> bool {
        matches!(self, Self::Attention | Self::Mark)
    }
}

impl askama::filters::HtmlSafe for Icon {}
