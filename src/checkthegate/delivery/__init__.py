"""Opens what is delivered: folders, files, archives; and reads bytes, pictures, containers."""
