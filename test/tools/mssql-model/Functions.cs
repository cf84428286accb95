using Microsoft.SqlServer.TransactSql.ScriptDom;

/// <summary>
/// A model does not know the functions of the server. Those that our SQL calls stand here with the number of arguments
/// that they take on https://learn.microsoft.com/en-us/sql/t-sql/functions/functions; all of them are in SQL Server
/// 2016. A name that is not here is a misspelt one, or one to be looked up there: is it as old, and does it say the
/// same in every collation? UPPER and LOWER do not: in a Turkish one the i of an I has no dot.
/// </summary>
static class Functions {
  static readonly Dictionary<string, (int Least, int Most)> Known = new() {
    ["APPLOCK_MODE"] = (3, 3), ["APPLOCK_TEST"] = (4, 4), ["CHARINDEX"] = (2, 3), ["COLUMNPROPERTY"] = (3, 3),
    ["COL_NAME"] = (2, 2), ["CONCAT"] = (2, 254), ["COUNT"] = (1, 1), ["COUNT_BIG"] = (1, 1),
    ["DATABASEPROPERTYEX"] = (2, 2), ["DATABASE_PRINCIPAL_ID"] = (0, 1), ["DATEADD"] = (3, 3), ["DATEDIFF"] = (3, 3),
    ["DATEDIFF_BIG"] = (3, 3), ["DATEPART"] = (2, 2), ["DB_ID"] = (0, 1), ["DB_NAME"] = (0, 1), ["ERROR_MESSAGE"] = (0, 0),
    ["ERROR_NUMBER"] = (0, 0), ["HASHBYTES"] = (2, 2), ["HAS_PERMS_BY_NAME"] = (3, 5), ["ISNULL"] = (2, 2),
    ["IS_MEMBER"] = (1, 1), ["IS_SRVROLEMEMBER"] = (1, 2), ["LEN"] = (1, 1), ["LTRIM"] = (1, 1), ["MAX"] = (1, 1),
    ["MIN"] = (1, 1), ["OBJECTPROPERTY"] = (2, 2), ["OBJECT_ID"] = (1, 2), ["OBJECT_NAME"] = (1, 2),
    ["OBJECT_SCHEMA_NAME"] = (1, 2), ["ORIGINAL_LOGIN"] = (0, 0), ["POWER"] = (2, 2), ["QUOTENAME"] = (1, 2),
    ["REPLACE"] = (3, 3), ["ROW_NUMBER"] = (0, 0), ["SCHEMA_ID"] = (0, 1), ["SCHEMA_NAME"] = (0, 1),
    ["SCOPE_IDENTITY"] = (0, 0),
    ["SERVERPROPERTY"] = (1, 1), ["SUBSTRING"] = (3, 3), ["SUM"] = (1, 1), ["SUSER_SNAME"] = (0, 1),
    ["SYSDATETIMEOFFSET"] = (0, 0), ["SYSUTCDATETIME"] = (0, 0), ["USER_NAME"] = (0, 1), ["XACT_STATE"] = (0, 0),
  };

  /// <summary>Words that a function takes as they stand; a wrong property is NULL, and no error.</summary>
  static readonly Dictionary<string, (int Argument, string[] Words)> Words = new() {
    ["DATEADD"] = (0, Dateparts), ["DATEDIFF"] = (0, Dateparts), ["DATEDIFF_BIG"] = (0, Dateparts),
    ["DATEPART"] = (0, Dateparts),
    ["SERVERPROPERTY"] = (0, ["ProductVersion", "Edition", "EngineEdition", "IsHadrEnabled"]),
    ["DATABASEPROPERTYEX"] = (1, ["Collation", "Updateability"]),
    ["COLUMNPROPERTY"] = (2, ["IsIdentity", "IsComputed"]),
    ["OBJECTPROPERTY"] = (1, ["IsUserTable", "TableTemporalType"]),
    ["HASHBYTES"] = (0, ["SHA2_256"]),
    ["APPLOCK_MODE"] = (2, Owners), ["APPLOCK_TEST"] = (3, Owners),
  };
  static string[] Dateparts => ["DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "TZOFFSET"];
  static string[] Owners => ["Session", "Transaction"];
  static readonly string[] Variables = ["@@ROWCOUNT", "@@SPID", "@@TRANCOUNT", "@@VERSION"];

  public static void Check(Sources sources, List<Problem> problems) {
    foreach (var module in sources.Modules) {
      void Say(TSqlFragment where, string text) => problems.Add(new("function", module.At(where), text));
      foreach (var one in module.Node.All<GlobalVariableExpression>())
        if (!Variables.Contains(one.Name)) Say(one, $"{one.Name} is not known here");
      // What is called on a schema is bound.
      foreach (var call in module.Node.All<FunctionCall>().Where(one => one.CallTarget is null)) {
        var name = call.FunctionName.Value;
        if (!Known.TryGetValue(name, out var number)) Say(call, $"{name} is not known here");
        else if (call.Parameters.Count < number.Least || call.Parameters.Count > number.Most)
          Say(call, $"{name} takes {number.Least} to {number.Most} arguments, not {call.Parameters.Count}");
        else if (Words.TryGetValue(name, out var words) && WordOf(call.Parameters[words.Argument]) is var word
          && !words.Words.Contains(word)) Say(call, $"{name} with {word ?? "no word"} is not known here");
      }
    }
  }

  static string? WordOf(ScalarExpression argument) => argument switch {
    StringLiteral literal => literal.Value,
    IdentifierLiteral datepart => datepart.Value,
    _ => null,
  };
}
