// Package assessmentweb is where authors bring assessments in, see every item with its solution, try the whole as a candidate
// would, and publish.
package assessmentweb

import (
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"

	"candor/internal/analytics"
	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/quiz"
	"candor/internal/upload"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Assessments *assessment.Assessments
	Attempts    *attempt.Attempts
	MD          *markdown.Markdown
	Quizzes     []quiz.Format // that can be imported
	Analytics   *analytics.Analytics
	Files       *assessment.Files // that candidates are given with a question; nil: none
	Uploads     *upload.Uploads
	Site        string // the public address; its pages may read them on the content origin
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action, inTable string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions[inTable], Tenant: web.FromPath, Object: "assessment", Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/assessments", "assessment.list", "assessment.list", p.list)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/assessments", Action: "assessment.import", Auth: web.Staff, Roles: org.Roles().Actions["assessment.import"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateUpload, MaxBody: archive.MaxPacked + 1<<20}, p.imported)
	p.told(mux)
	handle(web.RateRead, "GET /o/{org}/quiz", "assessment.quiz", "assessment.import", p.quiz)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/quiz", Action: "assessment.quiz_check", Auth: web.Staff, Roles: org.Roles().Actions["assessment.import"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateUpload, MaxBody: quiz.MaxBytes + 1<<20}, p.check)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/quiz/draft", Action: "assessment.quiz_draft", Auth: web.Staff, Roles: org.Roles().Actions["assessment.import"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateUpload, MaxBody: 10 << 20}, p.draft)
	handle(web.RateRead, "GET /o/{org}/assessments/{assessment}", "assessment.read", "assessment.list", p.show)
	handle(web.RateRead, "GET /o/{org}/versions/{version}", "assessment.version", "assessment.solutions", p.version)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/publish", "assessment.publish", "assessment.publish", p.publish)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/items/{item}/again", "assessment.again", "assessment.rejudge", p.again)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/items/{item}/again", "assessment.rejudge", "assessment.rejudge", p.rejudge)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/items/{item}/again/accept", "assessment.remark", "assessment.rejudge", p.accept)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/items/{item}/mend", "assessment.mend", "assessment.solutions", p.mend)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/items/{item}/mend", "assessment.mended", "assessment.import", p.mended)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/items/{item}/aloud", "assessment.aloud", "assessment.import", p.aloud)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/items/{item}/aloud", "assessment.said", "assessment.import", p.said)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/items/{item}/look/{path...}", "assessment.look", "assessment.solutions", p.look)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/files", "assessment.files", "assessment.import", p.files)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/versions/{version}/files", Action: "assessment.add_file", Auth: web.Staff, Roles: org.Roles().Actions["assessment.import"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateUpload, MaxBody: mostFile + 1<<20}, p.add)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/files/{path...}", "assessment.file", "assessment.import", p.file)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/versions/{version}/files/{path...}", Action: "assessment.edit", Auth: web.Staff, Roles: org.Roles().Actions["assessment.import"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateWrite, MaxBody: 2 << 20}, p.changed)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/diff", "assessment.diff", "assessment.solutions", p.difference)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/duplicate", "assessment.duplicate", "assessment.import", p.duplicate)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/times", "assessment.times", "assessment.solutions", p.times)
	handle(web.RateWrite, "POST /o/{org}/versions/{version}/times", "assessment.advertise", "assessment.import", p.advertise)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/pilot", "assessment.pilot", "assessment.pilot", p.pilots)
	handle(web.RatePreview, "GET /o/{org}/versions/{version}/pilot/{item}", "assessment.pilot_item", "assessment.pilot", p.pilot)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/versions/{version}/pilot/{item}", Action: "assessment.pilot_step", Auth: web.Staff, Roles: org.Roles().Actions["assessment.pilot"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateWrite, MaxBody: 8 << 20}, p.piloted)
	handle(web.RateRead, "GET /o/{org}/versions/{version}/pilot/{item}/look/{path...}", "assessment.pilot_look", "assessment.pilot", p.pilotLook)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/versions/{version}/pilot/{item}/do/{action}", Action: "assessment.pilot_do", Auth: web.Staff, Roles: org.Roles().Actions["assessment.pilot"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateRun, MaxBody: 8 << 20}, p.pilotDo)
	handle(web.RateExport, "GET /o/{org}/versions/{version}/export", "assessment.export", "assessment.solutions", p.export)
	handle(web.RatePreview, "GET /o/{org}/versions/{version}/preview", "assessment.preview", "assessment.solutions", p.preview)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/versions/{version}/preview/items/{item}/do/{action}", Action: "assessment.try", Auth: web.Staff, Roles: org.Roles().Actions["assessment.solutions"],
		Tenant: web.FromPath, Object: "assessment", Rate: web.RateRun, MaxBody: 8 << 20}, p.try)
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

type importForm struct {
	File *multipart.FileHeader `form:"file"`
	Into string                `form:"into" max:"60"`
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.showList(w, r, nil, nil)
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, findings []item.Finding, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, err2 := p.Assessments.List(r.Context(), web.Actor(r))
	if err2 != nil {
		return err2
	}
	return web.ShowWith(w, r, err, listPage(listView{web.PageOf(r, "Assessments"), list, findings, prob, org.May(web.Actor(r), "assessment.import")}))
}

func (p *Pages) imported(w http.ResponseWriter, r *http.Request) error {
	var f importForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showList(w, r, nil, err)
	}
	if f.File == nil {
		return p.showList(w, r, nil, problem.Field("file", "Choose the zip of an assessment's folder."))
	}
	file, err := f.File.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	tree, err := archive.Zip(file, f.File.Size)
	if err != nil {
		return p.showList(w, r, nil, err)
	}
	v, findings, err := p.Assessments.Import(r.Context(), web.Actor(r), tree, assessment.ID(f.Into))
	if err != nil {
		return p.showList(w, r, findings, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+string(v), "Imported as a draft.")
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	l, versions, err := p.Assessments.Versions(r.Context(), web.Actor(r), assessment.ID(r.PathValue("assessment")))
	if err != nil {
		return err
	}
	v := showView{Page: web.PageOf(r, l.Title), A: l, Versions: versions, Imports: org.May(web.Actor(r), "assessment.import")}
	if v.Imports {
		if v.On, err = p.Attempts.OnVersions(r.Context(), web.Actor(r), l.ID); err != nil {
			return err
		}
	}
	if org.May(web.Actor(r), "assessment.pilot") && len(versions) > 0 {
		v.Pilot = base(v.Page) + "/versions/" + string(versions[0].ID) + "/pilot"
	}
	if i := slices.IndexFunc(versions, func(x assessment.VersionInfo) bool { return x.Published }); i >= 0 && org.May(web.Actor(r), "assessment.solutions") {
		whole, list, err := p.Analytics.Times(r.Context(), web.Actor(r), versions[i].ID)
		if err != nil {
			return err
		}
		v.Times = timesPath(v.Page, whole)
		for _, t := range list {
			if t.Item == "" && t.Longer() {
				v.Longer = append(v.Longer, t)
			}
		}
	}
	return web.Show(w, r, showPage(v))
}

func (p *Pages) load(r *http.Request) (*assessment.Version, error) {
	return p.Assessments.Version(r.Context(), web.Actor(r).Org, assessment.VersionID(r.PathValue("version")))
}

func (p *Pages) version(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	tree, err := p.Assessments.Tree(r.Context(), web.Actor(r).Org, v.ID)
	if err != nil {
		return err
	}
	proof, err := p.Assessments.Proof(r.Context(), web.Actor(r).Org, v.ID)
	if err != nil {
		return err
	}
	_, findings := assessment.Read(tree, p.Assessments.Kinds)
	tallies, err := p.tallies(r, v)
	if err != nil {
		return err
	}
	return web.Show(w, r, versionPage(versionView{Page: web.PageOf(r, v.Title), V: v, MD: p.MD, Findings: append(findings, proof.Findings...), Proof: proof,
		Stands: proof.StandsStill(p.Assessments.DB.Now()), Publishes: org.May(web.Actor(r), "assessment.publish"), Tallies: tallies, Imports: org.May(web.Actor(r), "assessment.import")}))
}

func (p *Pages) publish(w http.ResponseWriter, r *http.Request) error {
	if err := p.Assessments.PublishLater(r.Context(), web.Actor(r), assessment.VersionID(r.PathValue("version"))); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+r.PathValue("version"), "")
}

func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	tree, err := p.Assessments.Tree(r.Context(), web.Actor(r).Org, v.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-v%d.zip"`, v.Assessment, v.Number))
	return archive.Write(w, tree)
}
