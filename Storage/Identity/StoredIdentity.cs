namespace Bayou.Storage.Identity;

/// <param name="Identity">Who it is.</param>
/// <param name="IsFormatted">False while a new directory is being laid out: then nothing in it was ever acknowledged.</param>
/// <param name="JournalFile">A journal file that exists for sure, so that its loss is noticed.</param>
internal readonly record struct StoredIdentity(SiloIdentity Identity, bool IsFormatted, ulong JournalFile);
