package batch

import (
	"strings"
	"unicode"

	"candor/internal/candidate"
)

// Meaning is what a column holds.
type Meaning string

const (
	None  Meaning = "-"
	Name  Meaning = "name"
	First Meaning = "first"
	Last  Meaning = "last"
	Email Meaning = "email"
	Zone  Meaning = "zone"
)

// Meanings are those a person can choose from, in the order of the page.
var Meanings = []Meaning{None, Name, First, Last, Email, Zone}

// words are how people call a column, without spaces, accents and punctuation.
var words = map[Meaning]string{
	Name: `name fullname candidate candidatename applicant applicantname person contact bewerber bewerberin kandidat kandidatin vollstandigername vorundnachname
		nom nomcomplet nometprenom nomprenom candidat nombre nombrecompleto nombreyapellidos candidato nome nomecompleto nomeecognome
		naam volledigenaam kandidaat imieinazwisko namn fullstandigtnamn navn fuldenavn fulltnavn nimi kokonimi jmenoaprijmeni nev adsoyad isim ονομα ονοματεπωνυμο
		имя фио имяифамилия імя 姓名 氏名 名前 お名前 이름 성명 الاسم الاسمالكامل שם שםמלא`,
	First: `firstname givenname givennames forename first vorname rufname prenom prenoms nombres primeironome nomeproprio voornaam imie fornamn fornavn etunimi jmeno keresztnev ad 名 שםפרטי`,
	Last: `lastname surname familyname last nachname familienname zuname nomdefamille apellido apellidos cognome sobrenome apelido achternaam familienaam nazwisko
		efternamn etternavn efternavn sukunimi prijmeni vezeteknev soyad soyadi επωνυμο фамилия 姓 שםמשפחה`,
	Email: `email mail emailaddress mailaddress emails emailid candidateemail contactemail workemail personalemail primaryemail emailadresse mailadresse epost epostadress epostadresse
		mailadress adressemail adresseemail adresseelectronique courriel correo correoelectronico direcciondecorreo direcciondecorreoelectronico indirizzoemail indirizzomail
		indirizzodipostaelettronica postaelettronica enderecodeemail emailadres mailadres sahkoposti sahkopostiosoite adresemail adrespocztyelektronicznej emailcim eposta epostaadresi
		почта электроннаяпочта элпочта имейл ηλεκτρονικηδιευθυνση 邮箱 电子邮件 电子邮箱 郵箱 電子郵件 メール メールアドレス 이메일 이메일주소 البريدالالكتروني بريدالكتروني דואל דוארלאלקטרוני אימייל`,
	Zone: `timezone zone tz zeitzone fuseauhoraire zonahoraria husohorario fusoorario fusohorario tijdzone strefaczasowa tidszon tidssone tidszone tidzon aikavyohyke casovepasmo idozona
		часовойпояс 时区 時區 タイムゾーン 시간대 المنطقةالزمنية אזורזמן`,
}

var heads = func() map[string]Meaning {
	out := map[string]Meaning{}
	for m, list := range words {
		for _, w := range strings.Fields(list) {
			out[bare(w)] = m
		}
	}
	return out
}()

// bare is a head's letters in the form of [candidate.Key].
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, candidate.Key(s))
}

// named says what the heads of columns mean; each meaning is given once, to its first column. Where a language calls the first or the
// family name just "name" (Name and Vorname, nombre and apellidos), the other column says which it is.
func named(cells []string) (out []Meaning, known bool) {
	at := map[Meaning]int{}
	for i, c := range cells {
		m, ok := heads[bare(c)]
		if _, twice := at[m]; !ok || twice {
			m = None
		} else {
			at[m] = i
			known = true
		}
		out = append(out, m)
	}
	n, hasName := at[Name]
	f, hasFirst := at[First]
	l, hasLast := at[Last]
	switch {
	case hasName && hasFirst && hasLast:
		out[n] = None
	case hasName && hasFirst:
		out[n] = Last
	case hasName && hasLast:
		out[n] = First
	case hasFirst && !hasLast:
		out[f] = Name
	case hasLast && !hasFirst:
		out[l] = Name
	}
	return out, known
}
