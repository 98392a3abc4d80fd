pub(super) fn check(_: &mut super::Check<'_>) {}
