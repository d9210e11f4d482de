# Everything that a build gets.
FROM scratch
COPY . /
