//! Puts new items after everything that they use.

use std::collections::HashMap;

use super::{Additions, Finder, NewItem};
use crate::amend::pieces::{Addition, ItemAt};

impl Finder<'_> {
    /// All additions: those to existing items first, then new items in order.
    pub(super) fn finish(mut self) -> Additions {
        let waiting = std::mem::take(&mut self.items);
        let all = waiting.iter().enumerate();
        let owners =
            all.flat_map(|(index, one)| one.names.iter().map(move |name| (name.clone(), index)));
        let owners: HashMap<String, usize> = owners.collect();
        let mut waiting: Vec<_> = waiting.into_iter().map(Some).collect();
        let mut places = vec![None::<ItemAt>; waiting.len()];
        let mut start = 0;
        while let Some(first) = (start..waiting.len()).find(|index| waiting[*index].is_some()) {
            start = first;
            let ready = |index: &usize| {
                let uses = waiting[*index].iter().flat_map(|one| &one.uses);
                let mut owners = uses.filter_map(|name| owners.get(name));
                waiting[*index].is_some()
                    && owners.all(|owner| owner == index || places[*owner].is_some())
            };
            // Items that use each other cannot be declared in C.
            let next = (start..waiting.len()).find(ready).unwrap_or(start);
            let Some(NewItem { near, uses, item, .. }) = waiting[next].take() else { continue };
            let used = uses.iter().filter_map(|name| match owners.get(name) {
                Some(owner) => places[*owner],
                None => self.base.places.owner(name),
            });
            let after = used.chain([near]).max().unwrap_or(near);
            places[next] = Some(after);
            self.found.pieces.push(Addition::Item { after, item: Box::new(item) });
        }
        self.found
    }
}
