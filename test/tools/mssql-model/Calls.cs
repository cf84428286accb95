using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>
/// A model looks at the names of arguments, and neither at their number nor at their direction. The server does so when
/// it runs the call, which may be in the middle of a night.
/// </summary>
static class Calls {
  public static void Check(Sources sources, List<Problem> problems) {
    foreach (var module in sources.Modules)
      foreach (var call in module.Node.All<ExecuteSpecification>()) {
        void Say(string text) => problems.Add(new("call", module.At(call), text));
        if (call.ExecutableEntity is not ExecutableProcedureReference { Parameters: var given } entity) {
          Say("this executes a text, and no procedure");
          continue;
        }
        // A name that is not known is said when it is bound.
        if (entity.Called() is not { } name || !sources.Procedures.TryGetValue(name.Key(), out var procedure)) continue;
        var declared = procedure.Declared.ToList();
        var arguments = given.ToList();
        if (procedure.Name == "[sys].[sp_executesql]" && given.Count > 1) {
          // Its further arguments are those of the text, which has a module of its own.
          var text = sources.Modules.FirstOrDefault(one => one.Within == module && one.At(one.Node) == module.At(call));
          declared = [.. text?.Declared ?? []];
          arguments = [.. given.Skip(2)];
        }
        foreach (var says in Compare(procedure.Name, declared, arguments)) Say(says);
      }
  }

  static IEnumerable<string> Compare(
    string name, List<ProcedureParameter> declared, List<ExecuteParameter> arguments) {
    if (arguments.Count > declared.Count)
      yield return $"{name} takes {declared.Count} arguments, not {arguments.Count}";
    var byPlace = arguments.TakeWhile(one => one.Variable is null).Count();
    if (arguments.Skip(byPlace).Any(one => one.Variable is null))
      yield return "an argument without a name follows a named one";
    foreach (var (parameter, place) in declared.Select((one, at) => (one, at))) {
      var word = parameter.VariableName.Value;
      var argument = place < byPlace ? arguments[place] : arguments.FirstOrDefault(one => one.Variable?.Name == word);
      if (argument is null && parameter.Value is null) yield return $"{name} is called without {word}";
      if (argument is null) continue;
      if (argument.IsOutput != (parameter.Modifier == ParameterModifier.Output))
        yield return $"{word} of {name} is OUTPUT in the call or in the procedure, and not in both";
      var length = LengthOf(parameter);
      if (argument.ParameterValue is StringLiteral text && text.Value.Length > length)
        yield return $"{word} of {name} has room for {length} characters, not for {text.Value.Length}";
    }
  }

  static int? LengthOf(ProcedureParameter parameter) => parameter.DataType switch {
    SqlDataTypeReference { Parameters: [IntegerLiteral n] } => int.Parse(n.Value),
    _ => null,
  };
}
