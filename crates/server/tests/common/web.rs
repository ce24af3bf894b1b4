//! A browser without a screen: one request a connection, cookies held by hand, redirects left to the test.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Somebody who asks the server.
#[derive(Debug, Clone)]
pub struct Browser {
    port: u16,
    pub cookies: BTreeMap<String, String>,
    /// `Accept-Language`.
    pub language: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Browser {
    pub fn new(port: u16) -> Browser {
        Browser { port, cookies: BTreeMap::new(), language: "en".to_string() }
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    /// Follows redirects, at most five.
    pub fn open(&mut self, path: &str) -> Reply {
        let mut reply = self.get(path);
        for _ in 0..5 {
            if !(300..400).contains(&reply.status) {
                return reply;
            }
            let to = reply.location().to_string();
            reply = self.get(&to);
        }
        panic!("{path} goes round in circles");
    }

    /// Sends a form as a browser sends its own pages' forms.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")])
    }

    /// Sends a form and follows where it leads; some forms answer with a page at once.
    pub fn open_after_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.post(path, fields);
        if reply.status == 303 {
            let to = reply.location().to_string();
            return self.open(&to);
        }
        reply
    }

    pub fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.ask("POST", path, &all, encode(fields).as_bytes())
    }

    pub fn json(&mut self, path: &str, csrf: &str, body: &str) -> Reply {
        let headers = [("content-type", "application/json"), ("x-lamella-csrf", csrf), ("sec-fetch-site", "same-origin")];
        self.ask("POST", path, &headers, body.as_bytes())
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = self.send(method, path, headers, body);
        let mut came = vec![];
        let mut some = [0u8; 16_384];
        // A server that does not want a long body may hang up on the rest of it; what it said before that counts. Some do not
        // hang up although they were asked to: then the length says where the answer ends.
        while !is_whole(&came) {
            match stream.read(&mut some) {
                Ok(n) if n > 0 => came.extend_from_slice(&some[..n]),
                _ => break,
            }
        }
        let reply = Reply::read(&came).unwrap_or_else(|| panic!("{method} {path}: no answer, only {:?}", String::from_utf8_lossy(&came)));
        for cookie in reply.all("set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap_or("").split_once('=').unwrap_or(("", ""));
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_string(), value.to_string())
            };
        }
        reply
    }

    /// Sends a request and leaves the answer in the stream.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n", self.port);
        head += &format!("accept-language: {}\r\ncontent-length: {}\r\n", self.language, body.len());
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            head += &format!("cookie: {}\r\n", pairs.join("; "));
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time to wait");
        stream.write_all(head.as_bytes()).expect("the head is taken");
        let _ = stream.write_all(body);
        stream
    }
}

impl Reply {
    fn read(came: &[u8]) -> Option<Reply> {
        let end = came.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(came.get(..end)?).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_string()))
            .collect();
        let body = came.get(end + 4..)?.to_vec();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunked(&body) } else { body };
        Some(Reply { status, headers, body })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(there, _)| there == name).map_or("", |(_, value)| value)
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(there, _)| there == name).map(|(_, value)| value.as_str()).collect()
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn is_page(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> String {
        let tokens = tags(&self.text(), "input").into_iter().filter(|tag| attribute(tag, "name").as_deref() == Some("csrf"));
        tokens.filter_map(|tag| attribute(&tag, "value")).find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// What a browser would send from the form with this action, as it stands.
    pub fn form(&self, action: &str) -> Option<Vec<(String, String)>> {
        let text = self.text();
        let forms = text.split("<form").skip(1).filter_map(|part| part.split("</form>").next());
        let mut wanted = forms.filter(|part| attribute(part.split('>').next().unwrap_or(""), "action").as_deref() == Some(action));
        let form = wanted.next()?;
        let mut fields = vec![];
        for tag in tags(form, "input") {
            let kind = attribute(&tag, "type").unwrap_or_default();
            let chosen = tag.contains(" checked");
            if matches!(kind.as_str(), "radio" | "checkbox") && !chosen {
                continue;
            }
            fields.extend(attribute(&tag, "name").map(|name| (name, attribute(&tag, "value").unwrap_or_default())));
        }
        Some(fields)
    }
}

/// The opening tags of a kind, without their brackets.
pub fn tags(html: &str, name: &str) -> Vec<String> {
    let opens = format!("<{name}");
    let mut found = vec![];
    let mut rest = html;
    while let Some(at) = rest.find(&opens) {
        rest = &rest[at + opens.len()..];
        if rest.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/') {
            let end = rest.find('>').unwrap_or(rest.len());
            found.push(rest[..end].to_string());
        }
    }
    found
}

/// An attribute's value, with the five entities that askama writes put back.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let opens = format!(" {name}=\"");
    let at = tag.find(&opens)? + opens.len();
    let value = tag[at..].split('"').next()?;
    let entities = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")];
    let value = entities.iter().fold(value.to_string(), |value, (entity, c)| value.replace(entity, c));
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Whether all that the head promises has come.
fn is_whole(came: &[u8]) -> bool {
    let Some(reply) = Reply::read(came) else { return false };
    let length: Option<usize> = reply.header("content-length").parse().ok();
    length.is_some_and(|length| reply.body.len() >= length)
}

fn unchunked(body: &[u8]) -> Vec<u8> {
    let mut whole = vec![];
    let mut rest = body;
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(String::from_utf8_lossy(&rest[..end]).trim(), 16).unwrap_or(0);
        rest = &rest[end + 2..];
        if size == 0 || rest.len() < size {
            whole.extend_from_slice(if size == 0 { b"" } else { rest });
            break;
        }
        whole.extend_from_slice(&rest[..size]);
        rest = rest.get(size + 2..).unwrap_or(b"");
    }
    whole
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
        text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect::<Vec<_>>().join("&")
}
