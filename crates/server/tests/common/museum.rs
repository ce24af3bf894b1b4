//! Pages that were shown once, shown again: what a walk over HTTP has seen is served word for word, header for header, so that a
//! browser can look at every state at its leisure.

use super::web::Reply;
use super::{House, pages::every_page};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A server of pages by number. Everything else (styles, scripts) it fetches from the house.
pub struct Museum {
    pub address: String,
    /// What hangs there.
    pub names: Vec<String>,
}

impl Museum {
    /// Walks through a house and hangs up every whole page.
    pub fn of(house: &House, language: &str) -> Museum {
        let pages: Vec<(String, Reply)> =
            every_page(house, language).into_iter().filter(|(_, reply)| reply.text().contains("<html")).collect();
        let names = pages.iter().map(|(name, _)| name.clone()).collect();
        let pages: Arc<Vec<Reply>> = Arc::new(pages.into_iter().map(|(_, reply)| reply).collect());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let home = house.port;
        std::thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                let pages = pages.clone();
                std::thread::spawn(move || guide(visitor, &pages, home));
            }
        });
        Museum { address: format!("http://127.0.0.1:{port}"), names }
    }
}

fn guide(mut visitor: TcpStream, pages: &[Reply], home: u16) {
    let mut asked = vec![];
    let mut some = [0u8; 4096];
    while !asked.windows(4).any(|four| four == b"\r\n\r\n") {
        match visitor.read(&mut some) {
            Ok(n) if n > 0 => asked.extend_from_slice(&some[..n]),
            _ => return,
        }
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap_or("/").to_string();
    if path == "/clinic/live" {
        // The line is never answered: the list stays as it hangs.
        std::thread::sleep(std::time::Duration::from_secs(600));
        return;
    }
    let page = path.strip_prefix("/page/").and_then(|number| pages.get(number.parse::<usize>().ok()?)).cloned();
    let reply = page.unwrap_or_else(|| super::web::Browser::new(home).get(&path));
    // An error page hangs as a page: its status would only make the console complain of what is meant.
    let status = if reply.status >= 400 { 200 } else { reply.status };
    let mut head = format!("HTTP/1.1 {status} as it was\r\nconnection: close\r\ncontent-length: {}\r\n", reply.body.len());
    for (name, value) in reply
        .headers
        .iter()
        .filter(|(name, _)| !["content-length", "connection", "transfer-encoding", "set-cookie"].contains(&name.as_str()))
    {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    let _ = visitor.write_all(head.as_bytes());
    let _ = visitor.write_all(&reply.body);
}
