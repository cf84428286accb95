using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>What a text is that a module puts together of literals and names; null if that cannot be told.</summary>
static class PutTogether {
  public static IEnumerable<string?> Texts(Module module, ScalarExpression text, string anyTable) {
    if (text is not VariableReference variable) return [Fold(text, anyTable)];
    var set = module.Node.All<SetVariableStatement>().Where(one => one.Variable.Name == variable.Name)
      .Select(one => one.Expression);
    var selected = module.Node.All<SelectSetVariable>().Where(one => one.Variable.Name == variable.Name)
      .Select(one => one.Expression);
    var declared = module.Node.All<DeclareVariableElement>()
      .Where(one => one.VariableName.Value == variable.Name && one.Value is not null).Select(one => one.Value);
    return set.Concat(selected).Concat(declared).Select(one => Fold(one, anyTable));
  }

  static string? Fold(ScalarExpression expression, string anyTable) => expression switch {
    StringLiteral literal => literal.Value,
    ParenthesisExpression p => Fold(p.Expression, anyTable),
    BinaryExpression { BinaryExpressionType: BinaryExpressionType.Add } b =>
      Fold(b.FirstExpression, anyTable) is { } first && Fold(b.SecondExpression, anyTable) is { } second
        ? first + second : null,
    FunctionCall { FunctionName.Value: "CONCAT" } c => All(c.Parameters.Select(one => Fold(one, anyTable))),
    FunctionCall { FunctionName.Value: "QUOTENAME" } q => Quote(q, anyTable),
    ScalarSubquery { QueryExpression: QuerySpecification { SelectElements: [SelectScalarExpression one] } } =>
      Fold(one.Expression, anyTable),
    _ => null,
  };

  static string? All(IEnumerable<string?> parts) => parts.Contains(null) ? null : string.Concat(parts);

  static string Quote(FunctionCall call, string anyTable) {
    var name = (call.Parameters[0] as StringLiteral)?.Value ?? anyTable;
    var mark = (call.Parameters.ElementAtOrDefault(1) as StringLiteral)?.Value;
    return mark is null ? Trees.Quoted(name) : mark + name.Replace(mark, mark + mark) + mark;
  }
}
