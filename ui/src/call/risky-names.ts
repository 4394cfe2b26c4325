/**
 * Names of files that do something when they are opened, or that contain files that nobody has looked at: never accepted
 * without a question, and pointed out in the question. A list cannot be complete; it has what Windows, macOS and Linux
 * run, install, mount or unpack at a double click.
 */
const RISKY_EXTENSIONS = new Set(
  `
  exe com scr pif cpl msi msp msix msixbundle appx appxbundle appinstaller application gadget
  bat cmd ps1 ps1xml ps2 psc1 psm1 psd1 vb vbe vbs js jse mjs cjs ws wsf wsh wsc sct hta msc reg inf
  lnk url scf library-ms searchconnector-ms settingcontent-ms website xll wll chm hlp dll ocx sys drv
  app command tool workflow action scpt scptd applescript terminal pkg mpkg dmg prefpane kext bundle plugin osax
  webloc inetloc fileloc mobileconfig service
  sh bash zsh fish csh ksh run bin elf out so desktop appimage deb rpm snap flatpak flatpakref flatpakrepo
  py pyc pyw pyz pl pm rb lua tcl php jar jnlp class war apk aab xapk ipa air swf crx xpi vsix
  docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm sldm one iqy slk xsl svg html htm xhtml shtml mht mhtml
  zip zipx 7z rar tar gz tgz bz2 tbz tbz2 xz txz zst tzst lz lz4 lzma z cab arj ace lha lzh cpio alz egg
  iso img vhd vhdx vmdk vdi udf nrg toast sparseimage sparsebundle wim esd
  `
    .split(/\s+/)
    .filter((extension) => extension !== ""),
);

/** The programs and archives among the paths of an offer, as they will be named. */
export function riskyNames(paths: readonly string[]): string[] {
  return paths.filter((path) => path.split("/").some(isRisky));
}

/** A receiver cuts longer names, and what is left may end with another extension. Bytes, less than its limit. */
const MAX_UNCUT_BYTES = 230;

function isRisky(component: string): boolean {
  // All that a receiver may remove: it keeps joiners and variation selectors in some places only.
  const bare = component.normalize("NFC").replace(INKLESS, "");
  if (new TextEncoder().encode(bare).length > MAX_UNCUT_BYTES) return true;
  const extension = bare
    // With the empty braille pattern, which is no white space.
    .replace(/[\s.\u2800]+$/u, "")
    .split(".")
    .slice(1)
    .at(-1);
  // A class ID in braces is an extension that Windows hides.
  return (
    extension !== undefined && (RISKY_EXTENSIONS.has(extension.toLowerCase()) || /^\{.*\}$/.test(extension))
  );
}

/**
 * A name without what makes it look like another one: characters without ink, and bidirectional controls, which make
 * `.exe` look like `.jpg`. The receiver removes them too (docs/transfer.md, "Names").
 */
export function visibleName(name: string): string {
  return name.normalize("NFC").replace(INKLESS, (character) => (KEPT.test(character) ? character : ""));
}

const INKLESS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Joiners and variation selectors, which emoji and several scripts need. */
const KEPT = /\u200c|\u200d|[\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
