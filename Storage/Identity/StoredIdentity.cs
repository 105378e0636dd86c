namespace Bayou.Storage.Identity;

/// <param name="Identity">Who it is.</param>
/// <param name="IsFormatted">False while a new directory is being laid out: then nothing in it was ever acknowledged.</param>
/// <param name="JournalFile">A journal file that exists for sure, so that its loss is noticed.</param>
/// <param name="Starts">The starts that the directory has been through, the latest first, as far as it remembers them.</param>
internal readonly record struct StoredIdentity(SiloIdentity Identity, bool IsFormatted, ulong JournalFile, IReadOnlyList<SiloStart> Starts)
{
    /// <summary>The same with one start more.</summary>
    public StoredIdentity Started(ushort nonce, ulong journalFile)
    {
        var epoch = Identity.Epoch + 1;
        return new StoredIdentity(
            Identity with { Epoch = epoch }, IsFormatted: true, journalFile, [new SiloStart(epoch, nonce), .. Starts.Take(IdentityFile.MaxStarts - 1)]);
    }
}
