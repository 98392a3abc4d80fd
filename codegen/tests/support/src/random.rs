//! Random numbers and damaged bytes, the same in every run.

/// A random number generator (xorshift) with its seed.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "the numbers never end, so there is no None")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("a small number")
    }

    /// A copy with some bytes changed, often to the values of offsets and ids.
    pub fn damage(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let small = [0, 1, 2, 3, 5, 7, 8, 9, 16, 20, 24, 32, 36, 40, 48, 56, 64, 255];
            let byte = match self.below(3) {
                0 => self.next() as u8,
                _ => small[self.below(small.len())],
            };
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if self.below(8) == 0 {
            bytes.truncate(self.below(bytes.len() + 1));
        }
        bytes
    }
}

/// The number of inputs that a test makes up: a sample, or as many as CAPCHAIN_ROUNDS
/// asks for, as `.ci/long random` does.
pub fn rounds(sample: usize) -> usize {
    let asked = std::env::var("CAPCHAIN_ROUNDS").ok();
    asked.map_or(sample, |rounds| rounds.parse().expect("a number"))
}
