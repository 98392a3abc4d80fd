//! Arrays of fixed length in structs.

use crate::array::Element;
use crate::wire::Wire;

impl<T: Element, const COUNT: usize> Element for [T; COUNT] {
    #[inline]
    fn size(wire: Wire) -> u32 {
        T::size(wire).saturating_mul(COUNT as u32)
    }

    #[inline]
    fn read(wire: Wire, bytes: &[u8]) -> Self {
        let each = T::size(wire) as usize;
        core::array::from_fn(|nth| {
            let element = bytes.get(nth.saturating_mul(each)..).unwrap_or_default();
            T::read(wire, element)
        })
    }

    fn write(&self, put: &mut dyn FnMut(u32, &[u8])) {
        let each = T::size(Wire::HOST);
        for (nth, element) in self.iter().enumerate() {
            let start = (nth as u32).saturating_mul(each);
            element.write(&mut |at, field| put(at.saturating_add(start), field));
        }
    }
}
