//! [`Command`]: what is sent, an array of bulk strings.

/// A command and its arguments. It has no `Debug`: they may be a password, or what opens a session.
pub(in crate::store::redis) struct Command {
    count: usize,
    words: Vec<u8>,
}

/// For the words of a question about one session.
const ROOM: usize = 128;

impl Command {
    pub(in crate::store::redis) fn new(verb: &str) -> Self {
        let command = Self {
            count: 0,
            words: Vec::with_capacity(ROOM),
        };
        command.arg(verb)
    }

    pub(in crate::store::redis) fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        let argument = argument.as_ref();
        self.count += 1;
        write_length(&mut self.words, b'$', argument.len());
        self.words.extend_from_slice(argument);
        self.words.extend_from_slice(b"\r\n");
        self
    }

    pub(in crate::store::redis) fn args<A: AsRef<[u8]>>(
        self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// At the end of what is to be sent.
    pub(in crate::store::redis) fn write_to(&self, out: &mut Vec<u8>) {
        write_length(out, b'*', self.count);
        out.extend_from_slice(&self.words);
    }

    /// What a server reads of it.
    #[cfg(test)]
    pub(in crate::store::redis) fn words(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        let (used, command) = super::Decoder::default().next(&out).unwrap();
        assert_eq!(used, out.len());
        let words = command.unwrap().list().unwrap().into_iter();
        words.map(|word| word.text().unwrap()).collect()
    }
}

fn write_length(out: &mut Vec<u8>, marker: u8, length: usize) {
    const LONGEST: usize = usize::MAX.ilog10() as usize + 1;
    let mut digits = [0; LONGEST];
    let mut first = LONGEST;
    let mut rest = length;
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789"[rest % 10];
        first -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.push(marker);
    out.extend_from_slice(&digits[first..]);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(command: &Command) -> String {
        let mut out = Vec::new();
        command.write_to(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_command_is_an_array_of_bulk_strings() {
        assert_eq!(written(&Command::new("PING")), "*1\r\n$4\r\nPING\r\n");
        let command = Command::new("HDEL").arg("k").args(["", "\r\n", "éa"]);
        let expected = "*5\r\n$4\r\nHDEL\r\n$1\r\nk\r\n$0\r\n\r\n$2\r\n\r\n\r\n$3\r\néa\r\n";
        assert_eq!(written(&command), expected);
    }

    #[test]
    fn lengths_are_decimal() {
        for length in [0, 1, 9, 10, 99, 100, 512, 65_536, 1_000_000, usize::MAX] {
            let mut out = Vec::new();
            write_length(&mut out, b'$', length);
            assert_eq!(out, format!("${length}\r\n").into_bytes());
        }
    }
}
