use super::Set;
use crate::world::Done;
pub(super) fn add(_: &mut Set) -> Done<()> {
    Ok(())
}
