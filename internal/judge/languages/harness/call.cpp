// Calls the candidate's function once: a nonce and the arguments come on descriptor 3, the value goes out on descriptor 4.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>
#include <unistd.h>

#include "../solution.cpp"

namespace candor_harness {

[[noreturn]] inline void fail(const std::string &why) {
	std::cerr << why << std::endl;
	std::exit(1);
}

struct Reader {
	const std::string &s;
	size_t i = 0;

	char next() {
		while (i < s.size() && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r')) i++;
		return i < s.size() ? s[i] : '\0';
	}
	bool take(char c) {
		if (next() != c) return false;
		i++;
		return true;
	}
	void expect(char c) {
		if (!take(c)) fail(std::string("the arguments lack a ") + c);
	}
	std::string word() {
		next();
		size_t from = i;
		while (i < s.size() && std::string("+-.0123456789eEtrufals").find(s[i]) != std::string::npos) i++;
		return s.substr(from, i - from);
	}
	unsigned hex() {
		unsigned v = std::stoul(s.substr(i, 4), nullptr, 16);
		i += 4;
		return v;
	}
	static void utf8(std::string &to, unsigned c) {
		if (c < 0x80) to += char(c);
		else if (c < 0x800) to += char(0xC0 | c >> 6), to += char(0x80 | (c & 0x3F));
		else if (c < 0x10000) to += char(0xE0 | c >> 12), to += char(0x80 | (c >> 6 & 0x3F)), to += char(0x80 | (c & 0x3F));
		else to += char(0xF0 | c >> 18), to += char(0x80 | (c >> 12 & 0x3F)), to += char(0x80 | (c >> 6 & 0x3F)), to += char(0x80 | (c & 0x3F));
	}
	std::string text() {
		expect('"');
		std::string out;
		while (i < s.size() && s[i] != '"') {
			if (s[i] != '\\') {
				out += s[i++];
				continue;
			}
			char c = s[++i];
			i++;
			if (c == 'u') {
				unsigned v = hex();
				if (v >= 0xD800 && v < 0xDC00 && s.substr(i, 2) == "\\u") {
					i += 2;
					v = 0x10000 + ((v - 0xD800) << 10) + (hex() - 0xDC00);
				}
				utf8(out, v);
			} else {
				out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
			}
		}
		expect('"');
		return out;
	}
};

template <class T> struct Value;

template <class T> requires std::is_arithmetic_v<T> struct Value<T> {
	static T read(Reader &r) {
		std::string w = r.word();
		if constexpr (std::is_same_v<T, bool>) return w == "true";
		else if constexpr (std::is_floating_point_v<T>) return T(std::stold(w));
		else return T(std::stoll(w));
	}
	static void write(std::ostream &o, T v) {
		if constexpr (std::is_same_v<T, bool>) o << (v ? "true" : "false");
		else if constexpr (std::is_floating_point_v<T>) {
			if (!std::isfinite(v)) fail("the value is not a finite number");
			o.precision(17);
			o << double(v);
		} else o << +v;
	}
};

template <> struct Value<std::string> {
	static std::string read(Reader &r) { return r.text(); }
	static void write(std::ostream &o, const std::string &v) {
		o << '"';
		for (unsigned char c : v) {
			char b[8];
			if (c == '"' || c == '\\') o << '\\' << c;
			else if (c < 0x20) std::snprintf(b, sizeof b, "\\u%04x", c), o << b;
			else o << c;
		}
		o << '"';
	}
};

template <class T> struct Value<std::vector<T>> {
	static std::vector<T> read(Reader &r) {
		std::vector<T> out;
		r.expect('[');
		if (r.take(']')) return out;
		do out.push_back(Value<T>::read(r));
		while (r.take(','));
		r.expect(']');
		return out;
	}
	static void write(std::ostream &o, const std::vector<T> &v) {
		o << '[';
		for (size_t i = 0; i < v.size(); i++) {
			if (i) o << ',';
			Value<T>::write(o, v[i]);
		}
		o << ']';
	}
};

template <class R, class... A> std::string call(R (*f)(A...), const std::string &args) {
	Reader r{args};
	r.expect('[');
	bool first = true;
	auto next = [&]<class T>(T *) {
		if (!first) r.expect(',');
		first = false;
		return Value<T>::read(r);
	};
	std::tuple<std::decay_t<A>...> in{next((std::decay_t<A> *)nullptr)...};
	r.expect(']');
	std::ostringstream o;
	Value<std::decay_t<R>>::write(o, std::apply([&](auto &...a) -> R { return f(static_cast<A>(a)...); }, in));
	return o.str();
}

}  // namespace candor_harness

int main() {
	std::string given;
	char b[65536];
	for (ssize_t n; (n = read(3, b, sizeof b)) > 0;) given.append(b, n);
	close(3);
	size_t end = given.find('\n');
	std::string line = "\n" + given.substr(0, end) + " " + candor_harness::call(&NAME, given.substr(end + 1)) + "\n";
	for (size_t done = 0; done < line.size();) {
		ssize_t n = write(4, line.data() + done, line.size() - done);
		if (n <= 0) return 1;
		done += n;
	}
}
