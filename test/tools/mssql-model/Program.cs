// What can be said of our T-SQL without a server, for programs in other languages. It reads a request, in JSON, from
// each line, and answers with a line of JSON: every problem, and figures of what was looked at.
//
// 1. Microsoft's parser (ScriptDom) reads each text as every server does that is supported: 2016 to 2025.
// 2. Microsoft's model of a database (DacFx) binds each name: table, column, variable, procedure, parameter. What such
//    a model does not take, such as a script or a query, is bound as the body of a procedure.
// 3. What neither of them looks at is checked on the tree: see Calls.cs, Counts.cs, Functions.cs and Lints.cs.
// 4. If it is asked for, the rules run that DacFx brings along.
using System.Text.Json;

var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
while (Console.In.ReadLine() is { } line) {
  var request = JsonSerializer.Deserialize<Request>(line, options)!;
  Console.Out.WriteLine(JsonSerializer.Serialize(Looked.At(request), options));
  Console.Out.Flush();
}

/// <summary>A file, or a query with the parameters that its caller gives.</summary>
record Text(string Name, string Sql, string? Parameters = null);

/// <param name="Tables">The DDL of the product's own tables.</param>
/// <param name="Kept">
/// Tables that keep what is deleted. The first stands for a name that only a call knows, if SQL is put together at run.
/// </param>
/// <param name="Server">Whose rules count, as DacFx names it.</param>
record Request(Text Tables, Text[] Files, string[] Kept, string Server, bool Analyse = false);

record Problem(string Kind, string Place, string Says);

record Figures(int Texts, int Batches, int Statements, int Modules, int PutTogether);

record Answer(IReadOnlyList<Problem> Problems, IReadOnlyList<Problem> Findings, Figures Figures);

static class Looked {
  public static Answer At(Request request) {
    var problems = new List<Problem>();
    var sources = new Sources(request, problems);
    if (problems.Any(one => one.Kind == "parse")) return new(problems, [], sources.Figures);
    using var binding = new Binding(sources, request.Server, problems);
    Calls.Check(sources, problems);
    Counts.Check(sources, problems);
    Functions.Check(sources, problems);
    Lints.Check(sources, problems);
    return new(problems, request.Analyse ? binding.Analyse() : [], sources.Figures);
  }
}
