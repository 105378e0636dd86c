using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Bayou.Unit")]
