"""Names of the Exif and TIFF tags that can say something of a picture's origin."""

from __future__ import annotations

from types import MappingProxyType

TEXTS = MappingProxyType(
    {
        0x010D: "DocumentName",
        0x010E: "ImageDescription",
        0x010F: "Make",
        0x0110: "Model",
        0x011D: "PageName",
        0x0131: "Software",
        0x0132: "DateTime",
        0x013B: "Artist",
        0x013C: "HostComputer",
        0x0151: "TargetPrinter",
        0x8298: "Copyright",
        0x9003: "DateTimeOriginal",
        0x9004: "DateTimeDigitized",
        0x9010: "OffsetTime",
        0x9011: "OffsetTimeOriginal",
        0x9012: "OffsetTimeDigitized",
        0x9290: "SubSecTime",
        0x9291: "SubSecTimeOriginal",
        0x9292: "SubSecTimeDigitized",
        0x9286: "UserComment",
        0x9C9B: "XPTitle",
        0x9C9C: "XPComment",
        0x9C9D: "XPAuthor",
        0x9C9E: "XPKeywords",
        0x9C9F: "XPSubject",
        0xA004: "RelatedSoundFile",
        0xA420: "ImageUniqueID",
        0xA430: "CameraOwnerName",
        0xA431: "BodySerialNumber",
        0xA433: "LensMake",
        0xA434: "LensModel",
        0xA435: "LensSerialNumber",
        0xA436: "ImageTitle",
        0xA437: "Photographer",
        0xA438: "ImageEditor",
        0xA439: "CameraFirmware",
        0xA43A: "RAWDevelopingSoftware",
        0xA43B: "ImageEditingSoftware",
        0xA43C: "MetadataEditingSoftware",
        0xC614: "UniqueCameraModel",
        0xC615: "LocalizedCameraModel",
        0xC62F: "CameraSerialNumber",
        0xC68B: "OriginalRawFileName",
        0xC6F8: "ProfileName",
        0xC716: "PreviewApplicationName",
        0xC717: "PreviewApplicationVersion",
        0xC71B: "PreviewDateTime",
    }
)
"""Tags whose value is text, whatever type the writer gave it."""

NUMBERS = MappingProxyType(
    {
        0x829A: "ExposureTime",
        0x829D: "FNumber",
        0x8822: "ExposureProgram",
        0x8827: "ISOSpeedRatings",
        0x8830: "SensitivityType",
        0x9201: "ShutterSpeedValue",
        0x9202: "ApertureValue",
        0x9207: "MeteringMode",
        0x9209: "Flash",
        0x920A: "FocalLength",
        0xA217: "SensingMethod",
        0xA300: "FileSource",
        0xA301: "SceneType",
        0xA401: "CustomRendered",
        0xA405: "FocalLengthIn35mmFilm",
        0xA460: "CompositeImage",
    }
)
"""Tags whose value is one number, or one ratio."""

POINTERS = MappingProxyType({0x8769: "Exif", 0x014A: "SubIFDs"})
"""Tags whose value is where another directory lies."""

PLACE = 0x8825
"""The directory of positions: told as present, never read."""

WINDOWS = frozenset({0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F})
COMMENT = 0x9286

XMP, IPTC, PHOTOSHOP = 0x02BC, 0x83BB, 0x8649
"""Whole packets of other carriers, kept in a TIFF directory."""

PIXELS = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202))
"""Pairs of tags saying where pixels lie and how long they are: strips, tiles, JPEG."""
